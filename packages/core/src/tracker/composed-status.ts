import { compareAttempts } from '../ids/attempt.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import { countTasks, hasTask, unionOfTasks, withoutTasks } from '../ids/task-ranges.ts';
import type { StateCounts } from '../seam/observation.ts';
import type { JobState } from '../state/job-state.ts';
import { type FinalStatus, isFinal, type JobStatus } from '../state/job-status.ts';
import { type ComposedPart, laterOf, partCounts, partStatus } from './composed-part.ts';

/** One time the job was created: which tasks it runs, and how those that run again had ended. */
export interface ComposedSubmission {
  readonly number: number;
  /** For an array. */
  readonly tasks?: readonly TaskRange[];
  readonly replaces?: StateCounts;
}

export interface Composition {
  /** Number of items, for an array. */
  readonly count?: number;
  readonly submissions: readonly ComposedSubmission[];
  readonly parts: readonly ComposedPart[];
}

/** Tasks of a submission that no part runs and no later submission has taken. */
export function unassignedTasks({ submissions, parts }: Composition, number: number): readonly TaskRange[] {
  const own = submissions.find((one) => one.number === number)?.tasks ?? [];
  const taken = parts.filter(({ submission, fate }) => submission === number && fate !== 'absent');
  const later = submissions.filter((one) => one.number > number);
  return withoutTasks(
    withoutTasks(
      own,
      taken.flatMap(({ tasks = [] }) => tasks),
    ),
    later.flatMap(({ tasks = [] }) => tasks),
  );
}

/** How many tasks of the whole array are in each state. A task that runs again counts once: where it is now. */
export function composedCounts(composition: Composition, at: Date): StateCounts {
  const counts: Partial<Record<JobState, number>> = {};
  const add = (more: StateCounts, sign: 1 | -1 = 1) => {
    for (const [state, count] of Object.entries(more) as [JobState, number][]) {
      const sum = (counts[state] ?? 0) + sign * count;
      if (sum === 0) delete counts[state];
      else counts[state] = sum;
    }
  };
  for (const part of composition.parts) if (part.fate !== 'absent') add(partCounts(part, at));
  for (const { number, replaces } of composition.submissions) {
    if (replaces) add(replaces, -1);
    const held = countTasks(unassignedTasks(composition, number));
    if (held > 0) add({ held });
  }
  return counts;
}

/** The part that runs a task now, or ran it last. */
export function currentPart({ parts }: Composition, index: number): ComposedPart | undefined {
  return parts.findLast(({ fate, tasks = [] }) => fate !== 'absent' && hasTask(tasks, index));
}

const LATER = new WeakMap<Composition['submissions'], Map<number, readonly TaskRange[]>>();

/** Tasks that submissions after this one run again. */
export function tasksRunAgain({ submissions }: Composition, number: number): readonly TaskRange[] {
  const known = LATER.get(submissions) ?? new Map<number, readonly TaskRange[]>();
  LATER.set(submissions, known);
  const tasks =
    known.get(number) ?? unionOfTasks(submissions.flatMap((one) => (one.number > number ? (one.tasks ?? []) : [])));
  known.set(number, tasks);
  return tasks;
}

/** Where the whole job is by the word of its parts; `undefined` while it has none. */
export function composedStatus(composition: Composition, at: Date): JobStatus | undefined {
  const parts = composition.parts.filter(({ fate }) => fate !== 'absent');
  const [first, ...others] = parts.map((part) => partStatus(part, at));
  if (first === undefined) return undefined;
  if (composition.count === undefined) {
    const newest = parts.at(-1);
    return newest && partStatus(newest, at);
  }
  const latest = others.reduce(laterOf, first);
  return arrayStatus(composition, latest, at);
}

const LIVE_ORDER = [
  'cancelling',
  'running',
  'suspended',
  'starting',
  'finalizing',
  'queued',
  'submitting',
  'held',
] as const;

function arrayStatus(composition: Composition, latest: JobStatus, at: Date): JobStatus {
  const counts = composedCounts(composition, at);
  const newest = `${composition.submissions.at(-1)?.number ?? 1}.0` as const;
  const attempt = compareAttempts(latest.attempt, newest) >= 0 ? latest.attempt : newest;
  const statuses = composition.parts.filter(({ fate }) => fate !== 'absent').map((part) => partStatus(part, at));
  const ended = (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.cancelled ?? 0) + (counts.lost ?? 0);
  if (ended < (composition.count ?? 0) || !statuses.every(isFinal)) {
    const state = LIVE_ORDER.find((one) => (counts[one] ?? 0) > 0) ?? 'finalizing';
    const raw = statuses.find((one) => one.state === state)?.raw;
    return { state, attempt, at: latest.at, ...(raw === undefined ? {} : { raw }) };
  }
  if (counts.succeeded === composition.count) return { state: 'succeeded', attempt, at: latest.at };
  const state = (counts.failed ?? 0) > 0 ? 'failed' : (counts.lost ?? 0) > 0 ? 'lost' : 'cancelled';
  const cause = statuses.findLast((one): one is Exclude<FinalStatus, { state: 'succeeded' }> => one.state === state);
  const number = counts[state] ?? 0;
  const message = `${number} of ${composition.count} tasks ${state === 'cancelled' ? 'were cancelled' : state === 'lost' ? 'are lost' : 'failed'}${
    cause ? `: ${cause.message}` : '.'
  }`;
  return { state, attempt, at: latest.at, reason: cause?.reason ?? 'unknown', message };
}
