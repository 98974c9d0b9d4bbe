import { ScijobError } from '../errors/scijob-error.ts';

/**
 * Tries a read or a transfer that is safe to repeat up to five times over about eight seconds. Never used around a submit.
 * Errors that carry one of our own codes are answers, not faults, and are not tried again.
 */
export async function retryRead<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const { default: pRetry } = await import('p-retry');
  return pRetry(read, {
    retries: 4,
    minTimeout: 250,
    factor: 2,
    randomize: true,
    unref: false,
    shouldRetry: ({ error }) => !isAnswer(error),
    ...(signal ? { signal } : {}),
  });
}

/** Our own errors, and programming mistakes: trying again gives the same. A failed `fetch` is a TypeError with a cause. */
export function isAnswer(error: unknown): boolean {
  return ScijobError.isInstance(error) || (error instanceof TypeError && error.cause === undefined);
}
