import type { JobRef, SubmissionRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { FinalStatusJson, IntentEntry } from '../ledger/ledger-record.ts';
import type { FinalStatus, JobStatus } from '../state/job-status.ts';
import { knownParts } from './recorded-parts.ts';

/** The ref of a job out of what the ledger knows; its submissions are those whose parts were accepted. */
export function refOfHistory(history: JobHistory): JobRef {
  const intent = standingIntent(history);
  return {
    version: 1,
    target: intent.target,
    key: history.key,
    jobHash: intent.jobHash,
    submissions: acceptedSubmissions(history),
    kind: intent.kind,
    ...(intent.count === undefined ? {} : { count: intent.count }),
    places: intent.places,
  };
}

/** The newest submission that was not refused: the job that has the key. What was refused never was, and binds nobody. */
export function standingIntent({ key, intents, outcomes }: JobHistory): IntentEntry {
  const isRefused = ({ submission }: IntentEntry) =>
    outcomes.some((one) => one.submission === submission && one.outcome === 'refused');
  const intent = intents.findLast((one) => !isRefused(one)) ?? intents.at(-1);
  if (!intent) throw new TypeError(`The ledger has no intent for ${key}.`);
  return intent;
}

/** Whether what the ledger knows under a ref's key is the ref's job: another ledger may use the same key on the same backend. */
export function isHistoryOf(history: JobHistory, ref: JobRef): boolean {
  const own = refOfHistory(history);
  if (own.target.adapter !== ref.target.adapter || own.target.id !== ref.target.id || own.jobHash !== ref.jobHash)
    return false;
  return ref.submissions.every(({ number, parts }) => {
    const known = own.submissions.find((one) => one.number === number);
    return known === undefined || known.parts.some(({ nativeId }) => nativeId === parts[0]?.nativeId);
  });
}

function acceptedSubmissions(history: JobHistory): readonly SubmissionRef[] {
  const known = knownParts(history, history.intents);
  return history.intents.flatMap(({ submission }) => {
    const accepted = known.flatMap(({ submission: number, tasks, outcome }) => {
      if (number !== submission || outcome?.outcome !== 'accepted' || outcome.nativeId === undefined) return [];
      return [{ nativeId: outcome.nativeId, ...(tasks === undefined ? {} : { tasks }) }];
    });
    return accepted.length > 0 ? [{ number: submission, parts: accepted }] : [];
  });
}

/** Submissions of both, by number; the ledger may know more than a ref that was saved earlier. */
export function mergeSubmissions(a: readonly SubmissionRef[], b: readonly SubmissionRef[]): readonly SubmissionRef[] {
  const byNumber = new Map([...b, ...a].map((submission) => [submission.number, submission]));
  return [...byNumber.values()].sort((left, right) => left.number - right.number);
}

/** What is known of a job before anybody has looked: its recorded end, or that its newest submission was accepted. */
export function statusOfHistory(history: JobHistory | undefined, ref: JobRef, now: Date): JobStatus {
  if (history?.end) return parseFinalStatus(history.end.status);
  const number = ref.submissions.at(-1)?.number ?? 1;
  return { state: 'queued', attempt: number === 1 ? '1.0' : `${number}.0`, at: now };
}

export function formatFinalStatus(status: FinalStatus): FinalStatusJson {
  return { ...status, at: status.at.toISOString() } as unknown as FinalStatusJson;
}

export function parseFinalStatus(status: FinalStatusJson): FinalStatus {
  return { ...status, at: new Date(status.at) } as unknown as FinalStatus;
}
