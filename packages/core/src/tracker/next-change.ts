import type { TrackedJob } from './tracked-job.ts';

/** Resolves when the job is no longer at `version`; rejects with `signal.reason`. Without a signal it costs one closure and no listener. */
export function nextChange(job: TrackedJob, version: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (job.version !== version) return resolve();
    job.waiters ??= [];
    if (!signal) {
      job.waiters.push(resolve);
      return;
    }
    const wake = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      job.waiters = job.waiters?.filter((waiter) => waiter !== wake);
      reject(signal.reason);
    };
    job.waiters.push(wake);
    signal.addEventListener('abort', stop, { once: true });
  });
}
