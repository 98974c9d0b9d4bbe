import type { FailureReason } from '../state/failure-reason.ts';

/** What to do about one kind of failure, when trying the same again is not enough. */
export interface RetryRule {
  /** How many more times. */
  readonly times: number;
  /** Each time with this many times the memory of the time before; needs `resources.memoryGiB`. @default 1 */
  readonly memoryFactor?: number;
  /** Each time with this many times the time limit of the time before; needs `timeLimitSeconds`. @default 1 */
  readonly timeLimitFactor?: number;
  /** Waits this long before the first further time, twice as long before each next one, at most ten minutes. @default 1 */
  readonly delaySeconds?: number;
  /** What the further times are bought as: away from spot machines. @default as the job was submitted */
  readonly purchase?: 'on-demand';
}

/**
 * How often a failure of each kind may be tried again: a number, or a rule that also changes something. Budgets are
 * separate: a preemption does not eat the attempts of a crash.
 */
export type RetryPolicy = { readonly [Reason in FailureReason]?: number | RetryRule };

/** The rule for one reason; `undefined` when it is not to be tried again. */
export function retryRuleOf(policy: RetryPolicy, reason: FailureReason): RetryRule | undefined {
  const given = policy[reason];
  const rule = typeof given === 'number' ? { times: given } : given;
  return rule && rule.times > 0 ? rule : undefined;
}

/** Whether a further time is not the same job once more. */
export function changesSomething({ memoryFactor = 1, timeLimitFactor = 1, purchase }: RetryRule): boolean {
  return memoryFactor !== 1 || timeLimitFactor !== 1 || purchase !== undefined;
}
