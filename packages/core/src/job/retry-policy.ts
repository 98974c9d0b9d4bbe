import type { FailureReason } from '../state/failure-reason.ts';

/** How often a failure of each kind may be tried again. Budgets are separate: a preemption does not eat the attempts of a crash. */
export type RetryPolicy = { readonly [Reason in FailureReason]?: number };
