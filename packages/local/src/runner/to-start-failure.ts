import type { Attempt, FinalStatus } from '@scijob/core/adapter';
import { StagingError } from './stage-inputs.ts';

/** What passes: no room, no descriptors, no memory right now. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

/** Whether starting the same task later may work. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return PASSING.has((error as NodeJS.ErrnoException).code ?? '') || isPassing(error.cause);
}

/** How a task ends that could not be started. */
export function toStartFailure(attempt: Attempt, error: unknown): FinalStatus {
  const message = error instanceof Error ? error.message : String(error);
  return {
    attempt,
    at: new Date(),
    state: 'failed',
    reason:
      error instanceof StagingError ? error.reason : error instanceof TypeError ? 'misconfigured' : 'infrastructure',
    message,
  };
}
