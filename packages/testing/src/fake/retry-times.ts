import type { FailureReason, RetryPolicy } from '@scijob/core/adapter';

/** How many more times a job may be run after failing for this reason. */
export function retryTimes(policy: RetryPolicy, reason: FailureReason): number {
  const given = policy[reason];
  return (typeof given === 'object' ? given.times : given) ?? 0;
}
