import type { Clock } from '@scijob/core';

/** The machine's time, so many times as fast: a deadline of two minutes is over in a few seconds. */
export function hurriedClock(times: number): Clock {
  return {
    now: () => new Date(),
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
  };
}
