import type { Clock } from '@scijob/core';

export interface JourneyClock extends Clock {
  /** The date moves on and nothing else: what a machine sees whose lid was closed. */
  closeLid(ms: number): void;
}

/** The machine's time, so many times as fast, and a date of its own. */
export function journeyClock(times: number): JourneyClock {
  let asleepMs = 0;
  return {
    now: () => new Date(Date.now() + asleepMs),
    monotonicMs: () => performance.now() * times,
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
        }, ms / times);
        timer.unref();
        signal?.addEventListener('abort', stop, { once: true });
      }),
    closeLid(ms) {
      asleepMs += ms;
    },
  };
}
