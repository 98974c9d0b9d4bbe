import type { JobRef } from '../ids/job-ref.ts';
import { countTasks, unionOfTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { IntentRecord, OutcomeRecord } from '../ledger/ledger-record.ts';

/** What a ref alone says of a job of several parts, for whoever has not the ledger: no duties, all parts accepted. */
export function historyOfRef(ref: JobRef, now: Date): JobHistory {
  const at = now.toISOString();
  const frame = { n: 0, prev: '', at };
  const intents = ref.submissions.map(({ number, parts }, index): IntentRecord => {
    const tasks = unionOfTasks(parts.flatMap((part) => part.tasks ?? []));
    return {
      ...frame,
      type: 'intent',
      key: ref.key,
      keyGiven: true,
      submission: number,
      name: ref.key,
      kind: ref.kind,
      shape: ref.count === undefined ? 'job' : 'array',
      ...(ref.count === undefined ? {} : { count: ref.count }),
      adapterId: ref.target.adapter,
      adapterName: ref.target.adapter,
      target: ref.target,
      jobHash: ref.jobHash,
      parts: parts.map((part, number_) => ({
        part: number_,
        token: part.nativeId,
        ...(part.tasks ? { tasks: part.tasks } : {}),
      })),
      places: ref.places,
      duties: [],
      ...(index > 0 ? { retries: [], tasks, replaces: { failed: countTasks(tasks) } } : {}),
    };
  });
  const outcomes = ref.submissions.flatMap(({ number, parts }) =>
    parts.map(
      ({ nativeId }, part): OutcomeRecord => ({
        ...frame,
        type: 'outcome',
        key: ref.key,
        submission: number,
        part,
        outcome: 'accepted',
        nativeId,
      }),
    ),
  );
  return {
    key: ref.key,
    keyGiven: true,
    intents,
    parts: [],
    outcomes,
    duplicates: [],
    attempts: [],
    ends: [],
    partEnds: [],
    cancels: [],
    duties: [],
    owner: { id: '', host: '', bootId: '', pid: 0, startTime: '' },
    position: { segment: '', n: 0, offset: 0, length: 0 },
  };
}
