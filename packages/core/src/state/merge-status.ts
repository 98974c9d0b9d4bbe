import { compareAttempts } from '../ids/attempt.ts';
import { STATE_RANK } from './job-state.ts';
import { isFinal, type JobStatus } from './job-status.ts';

/**
 * What is known after `next` was observed on top of `known`: order and finality hold within an attempt, a later attempt
 * reopens the job, and what is lost may be found. Gives back `known` itself when nothing is new.
 */
export function mergeStatus(known: JobStatus, next: JobStatus): JobStatus {
  const order = compareAttempts(next.attempt, known.attempt);
  if (order > 0) return next;
  if (order < 0) return known;
  if (isFinal(known)) return known.state === 'lost' && next.state !== 'lost' ? next : known;
  // Asked to stop, a job goes on through its live states until it has ended.
  if (known.state === 'cancelling' && !isFinal(next)) return known;
  if (STATE_RANK[next.state] < STATE_RANK[known.state]) return known;
  return isSame(known, next) ? known : next;
}

function isSame(a: JobStatus, b: JobStatus): boolean {
  return a.state === b.state && a.raw === b.raw && a.waitingFor === b.waitingFor;
}
