import type { Clock } from '@scijob/core/adapter';

export interface ManualClock extends Clock {
  /** Lets time pass, waking whoever sleeps in the order they are due. */
  advance(ms: number): Promise<void>;
}
