import type { Clock } from './clock.ts';

/**
 * The machine's own time. Its sleeps do not keep the process alive: whoever waits for one on a user's behalf holds the
 * process with `keepAlive`.
 */
export const systemClock: Clock = {
  now: () => new Date(),
  // Linux and macOS stop this clock while the machine sleeps.
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      timer.unref();
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
