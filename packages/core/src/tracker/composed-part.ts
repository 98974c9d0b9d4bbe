import { compareAttempts } from '../ids/attempt.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import type { StateCounts } from '../seam/observation.ts';
import { type FinalStatus, isFinal, type JobStatus } from '../state/job-status.ts';
import type { JobSubject } from './job-subject.ts';

/** What became of sending a part. `pending`: not known to have been sent; `unknown`: nobody knows. */
export type PartFate = 'pending' | 'unknown' | 'absent' | 'refused' | 'accepted';

/** One native object of a job that has several, or that was submitted several times. */
export interface ComposedPart {
  readonly submission: number;
  readonly part: number;
  /** Absent for a single job. */
  readonly tasks?: readonly TaskRange[];
  /** How many tasks; 1 for a single job. */
  readonly size: number;
  readonly fate: PartFate;
  /** Once accepted: the native object, as its tracker sees it. */
  readonly subject?: JobSubject;
  /** How a part ended that the backend did not take. */
  readonly refusal?: FinalStatus;
}

export function partStatus({ subject, refusal, submission }: ComposedPart, at: Date): JobStatus {
  return subject?.status ?? refusal ?? { state: 'submitting', attempt: `${submission}.0`, at };
}

/** How many tasks of a part are in each state; they always add up to its size. */
export function partCounts(part: ComposedPart, at: Date): StateCounts {
  const status = partStatus(part, at);
  const counts = part.subject?.counts ?? {};
  // The last look at a part that is lost may have seen tasks alive.
  const known = isFinal(status) ? finalCounts(counts) : counts;
  const sum = Object.values(known).reduce((total, count) => total + (count ?? 0), 0);
  // Of an array that ended, what its counts leave out shares its end; of one that did not, it has not begun.
  const rest = isFinal(status) ? status.state : sum === 0 ? status.state : 'queued';
  return sum >= part.size ? known : { ...known, [rest]: (known[rest] ?? 0) + part.size - sum };
}

function finalCounts({ succeeded, failed, cancelled, lost }: StateCounts): StateCounts {
  return {
    ...(succeeded ? { succeeded } : {}),
    ...(failed ? { failed } : {}),
    ...(cancelled ? { cancelled } : {}),
    ...(lost ? { lost } : {}),
  };
}

export function laterOf(a: JobStatus, b: JobStatus): JobStatus {
  const order = compareAttempts(a.attempt, b.attempt);
  if (order !== 0) return order > 0 ? a : b;
  return a.at.getTime() >= b.at.getTime() ? a : b;
}
