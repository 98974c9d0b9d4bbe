import { ScijobError } from '../errors/scijob-error.ts';
import type { Clock } from '../seam/clock.ts';

const RETRIES = 4;
const FIRST_DELAY_MS = 250;

export interface RetryReadOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Which errors another try may mend. @default all but our own and mistakes of the program */
  readonly isFault?: (error: unknown) => boolean;
}

/**
 * Tries a read or a transfer that is safe to repeat up to five times over some eight seconds. Never used around a submit.
 * Errors that carry one of our own codes are answers, not faults, and are not tried again.
 */
export async function retryRead<T>(
  read: () => Promise<T>,
  { clock, signal, isFault = isNoAnswer }: RetryReadOptions,
): Promise<T> {
  const { default: pRetry } = await import('p-retry');
  return pRetry(read, {
    retries: RETRIES,
    // The waits are on the client's own clock.
    minTimeout: 0,
    maxTimeout: 0,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft === 0 || !isFault(error)) return;
      const factor = 2 ** (attemptNumber - 1) * (1 + Math.random());
      await clock.sleep(FIRST_DELAY_MS * factor, signal);
    },
    shouldRetry: ({ error }) => isFault(error),
    ...(signal ? { signal } : {}),
  });
}

function isNoAnswer(error: unknown): boolean {
  return !isAnswer(error);
}

/** Our own errors, and programming mistakes: trying again gives the same. A failed `fetch` is a TypeError with a cause. */
export function isAnswer(error: unknown): boolean {
  return ScijobError.isInstance(error) || (error instanceof TypeError && error.cause === undefined);
}
