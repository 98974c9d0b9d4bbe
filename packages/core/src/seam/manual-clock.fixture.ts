import type { Clock } from './clock.ts';

export interface ManualClock extends Clock {
  /** Lets time pass, waking whoever sleeps in the order they are due. */
  advance(ms: number): Promise<void>;
  readonly sleepers: number;
}

/** A clock that stands still until a test moves it. */
export function manualClock(): ManualClock {
  let nowMs = 0;
  const sleeping = new Set<{ readonly dueMs: number; readonly wake: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = {
          dueMs: nowMs + ms,
          wake: () => {
            sleeping.delete(sleeper);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', () => {
          if (sleeping.delete(sleeper)) reject(signal.reason);
        });
      }),
    get sleepers() {
      return sleeping.size;
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...sleeping].sort((a, b) => a.dueMs - b.dueMs)[0];
        if (!next || next.dueMs > untilMs) break;
        nowMs = next.dueMs;
        next.wake();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}
