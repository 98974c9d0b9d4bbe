import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext, Clock } from '@scijob/core/adapter';

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** What core hands to a call, with real time and no limits. */
export function toCallContext(signal: AbortSignal = new AbortController().signal): CallContext {
  const silent = () => {};
  return {
    signal,
    deadline: performance.now() + 60_000,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    clock,
    budget: { take: async () => {}, throttled: silent },
    pause: (ms) => clock.sleep(ms, signal),
  };
}
