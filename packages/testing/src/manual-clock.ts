import { setTimeout as realSleep } from 'node:timers/promises';
import type { Clock } from '@scijob/core/adapter';
import { NeverSettlesError } from './never-settles-error.ts';
import { settleWork } from './settle-work.ts';
import { TimedQueue } from './timed-queue.ts';

export interface ManualClockOptions {
  /** What `now()` says at first. @default 2026-01-01T00:00:00Z */
  readonly startAt?: Date;
}

export interface RunOptions {
  /** How much of the clock's time may pass, in milliseconds. @default 7 days */
  readonly limitMs?: number;
  /** How long to wait, in real milliseconds, while nobody waits for the clock. @default 4_000 */
  readonly realLimitMs?: number;
}

/** A clock that stands still until a test moves it: a day of queueing takes milliseconds, and the same ones each time. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass. Whoever sleeps is woken in the order they are due, each at its time, and may do what it woke for before time goes on. */
  advance(ms: number): Promise<void>;
  /**
   * Lets time pass until the promise settles, and settles as it does. Time goes from one sleeper to the next, and waits
   * while files are read and written.
   *
   * @throws NeverSettlesError when the limit is reached, or when nobody sleeps on this clock and nothing happens
   */
  run<T>(promise: PromiseLike<T>, options?: RunOptions): Promise<T>;
  /** Sets the date and nothing else: a clock put right, or a lid that was closed. Nobody is woken. */
  setDate(date: Date): void;
  /** `ms` pass at once, as for a process that was stopped and goes on: whoever was due in between wakes only at the end, late. */
  jump(ms: number): Promise<void>;
  /** How many sleep on this clock at the moment. */
  readonly sleepers: number;
}

const DEFAULT_START = '2026-01-01T00:00:00Z';
const DAY_MS = 86_400_000;
/** After so much real time the machine gets a millisecond for what only that brings: other processes and threads. */
const BREATH_EVERY_MS = 50;
/**
 * Who sleeps as long as this is mostly a deadline that somebody means to call off. What he waits for may need real time that
 * cannot be seen from here, as a module that is being loaded: he is given some before he wakes.
 */
const LONG_SLEEP_MS = 60_000;
const REAL_GRACE_MS = 250;
/** All the real time that one clock gives away like that. */
const REAL_GRACE_LIMIT_MS = 1_000;

/** Makes a clock for `createClient({ clock })`. It stands still until `advance`, `run` or `jump`. */
export function manualClock({ startAt = new Date(DEFAULT_START) }: ManualClockOptions = {}): ManualClock {
  return new StandingClock(startAt);
}

interface Sleeper {
  readonly dueMs: number;
  readonly isLong: boolean;
  readonly wake: () => void;
  isGone: boolean;
}

class StandingClock implements ManualClock {
  readonly #sleeping = new TimedQueue<Sleeper>();
  #sleepers = 0;
  #monotonicMs = 0;
  /** The date when `monotonicMs()` was zero. */
  #originMs: number;
  #graceMs = REAL_GRACE_LIMIT_MS;
  /** One mover at a time. */
  #moving: Promise<unknown> = Promise.resolve();

  constructor(startAt: Date) {
    this.#originMs = requireDate(startAt).getTime();
  }

  get sleepers(): number {
    return this.#sleepers;
  }

  now(): Date {
    return new Date(this.#originMs + this.#monotonicMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  setDate(date: Date): void {
    this.#originMs = requireDate(date).getTime() - this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!(ms > 0)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        sleeper.isGone = true;
        this.#sleepers -= 1;
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        leave();
        // Most sleeps are deadlines that are called off: they must not pile up.
        if (this.#sleeping.size > 2 * this.#sleepers + 64) this.#sleeping.keep(({ isGone }) => !isGone);
        reject(signal?.reason);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const sleeper: Sleeper = {
        dueMs: this.#monotonicMs + ms,
        isLong: ms >= LONG_SLEEP_MS,
        wake,
        isGone: false,
      };
      this.#sleepers += 1;
      this.#sleeping.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  advance(ms: number): Promise<void> {
    requireDuration('advance', ms);
    return this.#alone(async () => {
      const untilMs = this.#monotonicMs + ms;
      await settleWork();
      for (;;) {
        await this.#giveGrace(untilMs, () => false);
        if (!this.#wakeNext(untilMs)) break;
        await settleWork();
      }
      this.#monotonicMs = untilMs;
      await settleWork();
    });
  }

  jump(ms: number): Promise<void> {
    requireDuration('jump', ms);
    return this.#alone(async () => {
      await settleWork();
      this.#monotonicMs += ms;
      while (this.#wakeNext(this.#monotonicMs));
      await settleWork();
    });
  }

  async run<T>(promise: PromiseLike<T>, { limitMs = 7 * DAY_MS, realLimitMs = 4_000 }: RunOptions = {}): Promise<T> {
    const outcome = Promise.resolve(promise);
    let isSettled = false;
    const settled = outcome.then(
      () => {
        isSettled = true;
      },
      () => {
        isSettled = true;
      },
    );
    const untilMs = this.#monotonicMs + limitMs;
    let idleSinceMs: number | undefined;
    for (let breathMs = performance.now(); ; ) {
      const moved = await this.#alone(async () => {
        await settleWork();
        await this.#giveGrace(untilMs, () => isSettled);
        return isSettled ? 'settled' : this.#wakeNext(untilMs);
      });
      if (isSettled) return outcome;
      if (moved) {
        idleSinceMs = undefined;
        if (performance.now() - breathMs > BREATH_EVERY_MS) {
          await realSleep(1);
          breathMs = performance.now();
        }
        continue;
      }
      if (this.#nextDueMs() < Number.POSITIVE_INFINITY) throw this.#reachedLimit(limitMs);
      // Nobody sleeps here: only real time can bring it on.
      idleSinceMs ??= performance.now();
      if (performance.now() - idleSinceMs > realLimitMs) throw nobodySleeps(realLimitMs);
      await Promise.race([settled, realSleep(2)]);
    }
  }

  async #giveGrace(untilMs: number, isSettled: () => boolean): Promise<void> {
    const dueMs = this.#nextDueMs();
    const next = this.#sleeping.first;
    if (!next?.isLong || dueMs > untilMs || isSettled()) return;
    const begunMs = performance.now();
    const graceMs = Math.min(REAL_GRACE_MS, this.#graceMs);
    while (!next.isGone && !isSettled() && this.#sleeping.first === next && performance.now() - begunMs < graceMs) {
      await realSleep(2);
      await settleWork();
    }
    this.#graceMs -= Math.min(this.#graceMs, performance.now() - begunMs);
  }

  /** Wakes the one who is due first, at its time; `false` when nobody is due until then. */
  #wakeNext(untilMs: number): boolean {
    const dueMs = this.#nextDueMs();
    if (dueMs === Number.POSITIVE_INFINITY || dueMs > untilMs) return false;
    const next = this.#sleeping.takeFirst();
    this.#monotonicMs = Math.max(this.#monotonicMs, dueMs);
    next?.wake();
    return true;
  }

  #nextDueMs(): number {
    while (this.#sleeping.first?.isGone) this.#sleeping.takeFirst();
    return this.#sleeping.first?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  #alone<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#moving.then(move);
    this.#moving = moved.catch(() => {});
    return moved;
  }

  #reachedLimit(limitMs: number): NeverSettlesError {
    return new NeverSettlesError(
      `The promise had not settled after ${inWords(limitMs)} on the manual clock (now ${this.now().toISOString()}). ` +
        'Perhaps what it waits for never ends: a job with `runSeconds: Infinity` does so only when it is cancelled. ' +
        'For something that takes longer, pass a greater `limitMs`.',
    );
  }
}

function nobodySleeps(realLimitMs: number): NeverSettlesError {
  return new NeverSettlesError(
    `The promise has not settled, nobody sleeps on this clock, and nothing happened for ${realLimitMs} real milliseconds. ` +
      'Perhaps the client was made without `clock`, or the promise waits for something that no clock brings.',
  );
}

function inWords(ms: number): string {
  return ms >= DAY_MS ? `${ms / DAY_MS} days` : `${ms / 1_000} seconds`;
}

function requireDuration(method: string, ms: number): void {
  if (Number.isFinite(ms) && ms >= 0) return;
  throw new TypeError(`${method}() takes milliseconds, zero or more, got ${String(ms)}.`);
}

function requireDate(date: Date): Date {
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date;
  throw new TypeError(`A clock needs a valid Date, got ${String(date)}.`);
}
