import type { FailureReason, ResolvedJob } from '@scijob/core/adapter';

/** How often one kind of failure is tried again here, and after how long. */
export interface RetryBudget {
  readonly times: number;
  /** Before the first further time; twice as long before each next one. */
  readonly delaySeconds: number;
}

/** Failures the runner sees and can try again. What never happens here is left out, and what somebody meant. */
export const RETRIED_REASONS = [
  'exit-nonzero',
  'out-of-memory',
  'time-limit',
  'misconfigured',
  'input-missing',
  'output-missing',
  'staging',
  'infrastructure',
  'unknown',
] as const satisfies readonly FailureReason[];

const LONGEST_DELAY_SECONDS = 600;

/** `undefined` for a failure that is not tried again. */
export function retryBudgetOf({ retry }: Pick<ResolvedJob, 'retry'>, reason: FailureReason): RetryBudget | undefined {
  if (!(RETRIED_REASONS as readonly FailureReason[]).includes(reason)) return undefined;
  const rule = retry[reason];
  const { times, delaySeconds = 1 } = typeof rule === 'object' ? rule : { times: rule ?? 0 };
  return times > 0 ? { times, delaySeconds } : undefined;
}

/** Whether any failure of a job is tried again. */
export function isRetried(job: Pick<ResolvedJob, 'retry'>): boolean {
  return RETRIED_REASONS.some((reason) => retryBudgetOf(job, reason) !== undefined);
}

/** How much of a wait is left, whatever happened to the clock since. */
export function toRemainingMs({ dueAt }: { readonly dueAt: number }, nowMs: number): number {
  return Math.min(Math.max(0, dueAt - nowMs), LONGEST_DELAY_SECONDS * 1_000);
}

/** How long to wait before the next time, when `used` further times for the same reason have been. */
export function toDelayMs({ delaySeconds }: RetryBudget, used: number): number {
  return Math.min(delaySeconds * 2 ** used, LONGEST_DELAY_SECONDS) * 1_000;
}
