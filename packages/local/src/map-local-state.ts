import type { Attempt, FailureReason, JobStatus, StateCounts } from '@scijob/core/adapter';
import type { RetryLine } from './retry-line.ts';
import type { TaskRecords } from './task-records.ts';

export interface LiveTask {
  readonly attempt: Attempt;
  readonly records: Pick<TaskRecords, 'claim' | 'start' | 'end'>;
  readonly isCancelling: boolean;
  /** It waits for another job. */
  readonly isHeld: boolean;
  /** How the attempt before ended, and when this one may begin. */
  readonly last?: RetryLine;
  readonly now: Date;
}

/** Where a task is that has not ended, by what its wrapper wrote so far. `raw` is the last record. Pure. */
export function mapLocalState({ attempt, records, isCancelling, isHeld, last, now }: LiveTask): JobStatus {
  const { claim, start, end } = records;
  if (end) return { state: 'finalizing', attempt, at: end.endedAt, raw: 'end' };
  if (isCancelling) return { state: 'cancelling', attempt, at: now, raw: start ? 'start' : claim ? 'claim' : 'queued' };
  if (start) return { state: 'running', attempt, at: start.startedAt, raw: 'start' };
  if (claim) return { state: 'starting', attempt, at: now, raw: 'claim' };
  if (isHeld) return { state: 'held', attempt, at: now, raw: 'held', waitingFor: 'dependency' };
  if (last && last.dueAt > now.getTime()) return { state: 'held', attempt, at: now, raw: toRaw(last) };
  return { state: 'queued', attempt, at: now, raw: 'queued' };
}

function toRaw({ end, dueAt }: RetryLine): string {
  return `is tried again at ${new Date(dueAt).toISOString()}, after ${end.reason}`;
}

export interface ArrayEvidence {
  readonly attempt: Attempt;
  readonly counts: StateCounts;
  readonly total: number;
  /** All of it was cancelled, not single tasks. */
  readonly isCancelled: boolean;
  /** It waits for other jobs. */
  readonly isHeld?: boolean;
  /** Cancelled tasks all of which need not run, as what they waited for succeeded. */
  readonly isUnneeded?: boolean;
  /** The first end of each kind that is no success, for the message. */
  readonly firstFailure?: { readonly index: number; readonly reason: FailureReason; readonly message: string };
  /** When the last task seen ended. */
  readonly lastEndAt?: Date;
  readonly now: Date;
}

/** The state of an array, by how many of its tasks are in each. Pure. */
export function mapArrayState(evidence: ArrayEvidence): JobStatus {
  const { attempt, counts, total, now } = evidence;
  const { succeeded = 0, failed = 0, cancelled = 0, lost = 0, running = 0, held = 0 } = counts;
  const ended = succeeded + failed + cancelled + lost;
  if (ended < total) {
    if (evidence.isCancelled) return { state: 'cancelling', attempt, at: now };
    if (running + ended > 0) return { state: 'running', attempt, at: now };
    if (held < total) return { state: 'queued', attempt, at: now };
    return { state: 'held', attempt, at: now, ...(evidence.isHeld && { waitingFor: 'dependency' as const }) };
  }
  const at = evidence.lastEndAt ?? now;
  if (succeeded === total) return { state: 'succeeded', attempt, at };
  const state =
    evidence.isCancelled && cancelled > 0 ? 'cancelled' : failed > 0 ? 'failed' : lost > 0 ? 'lost' : 'cancelled';
  const cancelReason = evidence.isUnneeded ? 'dependency-failed' : 'cancelled-by-user';
  const reason = state === 'cancelled' ? cancelReason : state === 'lost' ? 'unknown' : undefined;
  return {
    state,
    attempt,
    at,
    reason: reason ?? evidence.firstFailure?.reason ?? 'unknown',
    message: toMessage(evidence, { failed, cancelled, lost }),
  };
}

function toMessage({ total, firstFailure }: ArrayEvidence, ends: { readonly [state: string]: number }): string {
  const parts = Object.entries(ends)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const first = firstFailure ? ` First: task ${firstFailure.index}: ${firstFailure.message}` : '';
  return `Of ${total} tasks ${parts.join(', ')}.${first}`;
}
