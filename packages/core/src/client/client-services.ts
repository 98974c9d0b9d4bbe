import type { HandleServices } from '../handle/handle-services.ts';
import type { AttemptRecord } from '../handle/job-handle.ts';
import { compareAttempts } from '../ids/attempt.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import { JobSubject } from '../tracker/job-subject.ts';
import type { Json } from '../util/json.ts';
import type { ComposedJobs } from './composed-jobs.ts';
import { parseFinalStatus } from './job-history-ref.ts';
import { readManifest } from './read-manifest.ts';
import { readResolvedText } from './read-resolved.ts';

export interface ServicesOptions {
  readonly open: () => Promise<Ledger>;
  /** The jobs of several parts, once there are any. */
  readonly composed: () => ComposedJobs | undefined;
  readonly rerun: HandleServices['rerun'];
  readonly retryFailed: HandleServices['retryFailed'];
}

/** What handles ask of their client and its ledger. Reading fails for no job that the ledger never heard of. */
export function clientServices({ open, composed, rerun, retryFailed }: ServicesOptions): HandleServices {
  const readJob = async (ref: JobRef): Promise<ResolvedJob | undefined> => {
    const ledger = await open();
    const intent = (await ledger.readJob(ref.key))?.intents.at(-1);
    const text = intent && (await readResolvedText(ledger, intent));
    return text === undefined ? undefined : (JSON.parse(text) as ResolvedJob);
  };
  return {
    readJob,
    rerun,
    retryFailed,
    current: (subject) =>
      subject instanceof JobSubject ? (composed()?.find(subject.slot, subject.ref)?.subject ?? subject) : subject,
    recordCancel: async (slot, { key, submissions }, reason, child) => {
      const ledger = await open();
      // The newest that is recorded, not the newest that this handle has heard of.
      const known = (await ledger.readJob(key))?.intents.at(-1)?.submission;
      const submission = Math.max(known ?? 1, submissions.at(-1)?.number ?? 1);
      const children = child === undefined ? {} : { children: [child] };
      await ledger.append({ type: 'cancel', key, reason, submission, ...children });
      // What was sent meanwhile is then asked to stop with the rest.
      await composed()?.reread(slot, key);
    },
    readAttempts: async (ref) => {
      const history = await (await open()).readJob(ref.key);
      const requested = (await readJob(ref))?.resources ?? {};
      return history ? attemptsOf(history, ref, requested) : [];
    },
    readItems: async (ref) => {
      const ledger = await open();
      const manifest = (await ledger.readJob(ref.key))?.intents.at(-1)?.manifest;
      if (manifest === undefined) return [];
      const items: Json[] = [];
      for await (const { item } of readManifest(ledger.openPayload(manifest))) items.push(item);
      return items;
    },
  };
}

/** What is recorded of each attempt: of a single job its only part's end, of an array the end of all. */
function attemptsOf(history: JobHistory, ref: JobRef, requested: ResolvedJob['resources']): readonly AttemptRecord[] {
  const ofParts = ref.count === undefined ? history.partEnds : [];
  const ends = [
    ...history.ends,
    ...ofParts.filter(({ attempt }) => !history.ends.some((one) => one.attempt === attempt)),
  ];
  ends.sort((a, b) => compareAttempts(a.attempt, b.attempt));
  const restarts = ref.count === undefined ? restartedAttempts(history) : [];
  const recorded = ends.map((end): AttemptRecord => {
    const number = Number(end.attempt.split('.')[0]);
    const nativeId = ref.submissions.find((submission) => submission.number === number)?.parts[0]?.nativeId;
    return {
      attempt: end.attempt,
      status: parseFinalStatus(end.status),
      usage: end.usage ?? { requested, quality: 'requested-only' },
      ...(nativeId === undefined ? {} : { nativeId }),
    };
  });
  const isEnded = ({ attempt }: Pick<AttemptRecord, 'attempt'>) => recorded.some((one) => one.attempt === attempt);
  const unended = restarts.filter((one) => !isEnded(one)).map((one) => ({ ...one, usage: { requested, quality } }));
  const once = unended.filter((one, index) => unended.findIndex((other) => other.attempt === one.attempt) === index);
  return [...recorded, ...once].sort((a, b) => compareAttempts(a.attempt, b.attempt));
}

const quality = 'requested-only' as const;

/** Attempts that were followed by another of the same native object: the backend ran it again by itself. */
function restartedAttempts(history: JobHistory): readonly Omit<AttemptRecord, 'usage'>[] {
  return history.attempts.flatMap(({ attempt, nativeId, at }) => {
    const [submission = 1, restart = 0] = attempt.split('.').map(Number);
    return Array.from({ length: restart }, (_, earlier) => {
      const before: AttemptRecord['attempt'] = `${submission}.${earlier}`;
      const message =
        'The backend ran it again by itself; what was seen of that is in the ledger, with the next attempt.';
      const status = { state: 'failed', reason: 'unknown', attempt: before, at: new Date(at), message } as const;
      return { attempt: before, status, ...(nativeId === undefined ? {} : { nativeId }) };
    });
  });
}
