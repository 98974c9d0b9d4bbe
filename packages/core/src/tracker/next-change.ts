import type { ChangeBell } from './change-bell.ts';

/** Resolves when what is waited for is no longer at `version`; rejects with `signal.reason`. Without a signal it costs one closure and no listener. */
export function nextChange(
  job: Pick<ChangeBell, 'version' | 'waiters'>,
  version: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (job.version !== version) return resolve();
    const join = (wake: () => void) => {
      // A list of one is made as such: there may be 100,000.
      if (job.waiters) job.waiters.push(wake);
      else job.waiters = [wake];
    };
    if (!signal) return join(resolve);
    const wake = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      job.waiters = job.waiters?.filter((waiter) => waiter !== wake);
      reject(signal.reason);
    };
    join(wake);
    signal.addEventListener('abort', stop, { once: true });
  });
}
