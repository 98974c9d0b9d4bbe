import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@scijob/core/adapter';
import type { ConformanceWorld } from '../subject.ts';

const realClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** Waiting, in a world whose time is real or is moved by the suite. */
export class Time {
  readonly clock: Clock;
  readonly #simulated: ConformanceWorld['clock'];

  constructor(clock: ConformanceWorld['clock']) {
    this.clock = clock ?? realClock;
    this.#simulated = clock;
  }

  async pass(ms: number): Promise<void> {
    if (this.#simulated) await this.#simulated.advance(ms);
    else await sleep(ms);
  }

  /** Waits for something that itself waits for time to pass: simulated time is moved on until it is there. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    if (!this.#simulated) return promise;
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    const [startMs, realStartMs] = [this.clock.monotonicMs(), performance.now()];
    while (!isSettled) {
      const passedMs = this.clock.monotonicMs() - startMs;
      if (passedMs > SIMULATED_LIMIT_MS && performance.now() - realStartMs > REAL_LIMIT_MS) {
        assert.fail(`waited ${Math.round(passedMs / 1_000)} simulated seconds for nothing`);
      }
      await this.#simulated.advance(passedMs < SMALL_STEPS_MS ? 100 : 5_000);
      // Files are read and written in real time.
      await sleep(1);
    }
    return promise;
  }
}

/** At first a step is short against anything the suite waits for. */
const SMALL_STEPS_MS = 20_000;
const SIMULATED_LIMIT_MS = 600_000;
const REAL_LIMIT_MS = 3_000;
