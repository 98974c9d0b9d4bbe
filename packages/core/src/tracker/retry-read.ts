import { ScijobError } from '../errors/scijob-error.ts';
import type { Clock } from '../seam/clock.ts';

const RETRIES = 4;
const FIRST_DELAY_MS = 250;

/**
 * Tries a read or a transfer that is safe to repeat up to five times over some eight seconds. Never used around a submit.
 * Errors that carry one of our own codes are answers, not faults, and are not tried again.
 */
export async function retryRead<T>(
  read: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<T> {
  const { default: pRetry } = await import('p-retry');
  return pRetry(read, {
    retries: RETRIES,
    // The waits are on the client's own clock.
    minTimeout: 0,
    maxTimeout: 0,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft === 0 || isAnswer(error)) return;
      const factor = 2 ** (attemptNumber - 1) * (1 + Math.random());
      await clock.sleep(FIRST_DELAY_MS * factor, signal);
    },
    shouldRetry: ({ error }) => !isAnswer(error),
    ...(signal ? { signal } : {}),
  });
}

/** Our own errors, and programming mistakes: trying again gives the same. A failed `fetch` is a TypeError with a cause. */
export function isAnswer(error: unknown): boolean {
  return ScijobError.isInstance(error) || (error instanceof TypeError && error.cause === undefined);
}
