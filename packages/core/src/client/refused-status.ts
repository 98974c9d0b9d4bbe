import type { Attempt } from '../ids/attempt.ts';
import type { Refusal } from '../seam/outcomes.ts';
import { FAILURE_REASONS, type FailureReason } from '../state/failure-reason.ts';
import type { FinalStatus } from '../state/job-status.ts';

/** What core itself says of a part that will never be sent. */
export const DEPENDENCY_FAILED = 'DEPENDENCY_FAILED';
export const NOT_NEEDED = 'NOT_NEEDED';
export const NEVER_FOUND = 'NEVER_FOUND';
const CANCELLED_BEFORE = 'CANCELLED_BEFORE';
const PREPARE_FAILED = 'PREPARE_FAILED';

/** How a part ended that the backend did not take: it never ran. */
export function refusedStatus({ code, message }: Refusal, attempt: Attempt, at: Date): FinalStatus {
  const ended = (state: 'failed' | 'cancelled', reason: FailureReason): FinalStatus => ({
    state,
    attempt,
    at,
    reason,
    message,
    raw: code,
  });
  switch (code) {
    case DEPENDENCY_FAILED:
      return ended('failed', 'dependency-failed');
    case NOT_NEEDED:
      return ended('cancelled', 'dependency-failed');
    case CANCELLED_BEFORE:
      return ended('cancelled', 'cancelled-by-user');
    case NEVER_FOUND:
      return { state: 'lost', attempt, at, reason: 'unknown', message, raw: code };
    case PREPARE_FAILED:
      return ended('failed', 'staging');
    default: {
      const reason = code.toLowerCase().replaceAll('_', '-');
      return ended('failed', FAILURE_REASONS.find((one) => one === reason) ?? 'misconfigured');
    }
  }
}

/** Somebody cancelled before it was sent. */
export function cancelledBefore(reason: string): Refusal {
  return { code: CANCELLED_BEFORE, message: `It was cancelled before it was sent (${reason}).`, retryable: false };
}
