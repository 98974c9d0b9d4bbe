import type { JobRef, SubmissionRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { FinalStatusJson } from '../ledger/ledger-record.ts';
import type { FinalStatus, JobStatus } from '../state/job-status.ts';

/** The ref of a job out of what the ledger knows; its submissions are those whose parts were accepted. */
export function refOfHistory(history: JobHistory): JobRef {
  const [first] = history.intents;
  if (!first) throw new TypeError(`The ledger has no intent for ${history.key}.`);
  return {
    version: 1,
    target: first.target,
    key: history.key,
    jobHash: first.jobHash,
    submissions: acceptedSubmissions(history),
    kind: first.kind,
    ...(first.count === undefined ? {} : { count: first.count }),
    places: first.places,
  };
}

function acceptedSubmissions(history: JobHistory): readonly SubmissionRef[] {
  return history.intents.flatMap(({ submission, parts }) => {
    const accepted = parts.flatMap(({ part, tasks }) => {
      const outcome = history.outcomes.find((one) => one.submission === submission && one.part === part);
      if (outcome?.outcome !== 'accepted' || outcome.nativeId === undefined) return [];
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
  return { state: 'queued', attempt: `${ref.submissions.at(-1)?.number ?? 1}.0`, at: now };
}

export function formatFinalStatus(status: FinalStatus): FinalStatusJson {
  return { ...status, at: status.at.toISOString() } as unknown as FinalStatusJson;
}

export function parseFinalStatus(status: FinalStatusJson): FinalStatus {
  return { ...status, at: new Date(status.at) } as unknown as FinalStatus;
}
