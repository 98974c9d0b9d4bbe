import type { Clock } from '../seam/clock.ts';
import { CallRate } from './call-rate.ts';

/** Who asks: one call of an adapter. */
export interface Caller {
  readonly signal: AbortSignal;
  /** When it was last let through: what the server then refuses is about that time. */
  grantedMs: number | undefined;
}

/** A rate to begin with. */
export interface StartingRate {
  readonly perSecond: number;
  readonly burst?: number;
}

interface Waiter {
  readonly caller: Caller;
  readonly calls: number;
  readonly go: () => void;
}

/** What `take` gives to whoever need not wait. */
export const GRANTED: Promise<void> = Promise.resolve();
const WOKEN = new Error('The wait is over.');
/** What may be saved up beyond the burst: as much as a busy process may be late. */
const LATE_SECONDS = 0.1;
/** Longer timers overflow, and are then due at once. */
const LONGEST_SLEEP_MS = 3_600_000;

/**
 * Lets the calls to one API of one target through, first come, first served, at the rate its server bears. Until the
 * server refuses one there is no rate: a call then costs a look at the clock.
 */
export class ApiLimiter {
  readonly #clock: Clock;
  readonly #rate: CallRate;
  readonly #waiting = new Set<Waiter>();
  #sleep: AbortController | undefined;
  #burst = 1;
  #tokens = 0;
  #countedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedMs = clock.monotonicMs();
    this.#rate = new CallRate(this.#countedMs);
  }

  /** Begins with what an adapter says of this API. What was learnt from the server itself counts more. */
  startAt({ perSecond, burst = 1 }: StartingRate): void {
    if (this.#rate.isLimited) return;
    this.#rate.startAt(this.#clock.monotonicMs(), perSecond);
    this.#burst = burst;
    this.#restart(burst);
  }

  /** More calls than the burst are let through at once too, and paid for by those behind them. */
  take(caller: Caller, calls: number): Promise<void> {
    if (this.#waiting.size === 0 && this.#grant(caller, calls, false)) return GRANTED;
    return new Promise((resolve, reject) => {
      const { signal } = caller;
      const leave = () => {
        const [first] = this.#waiting;
        this.#waiting.delete(waiter);
        reject(signal.reason);
        // Whoever is first now may need less, or nobody is left to wake up for.
        if (first === waiter) this.#wake();
      };
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { caller, calls, go };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
      if (this.#waiting.size === 1) this.#serve();
    });
  }

  throttled({ grantedMs }: Caller): void {
    const nowMs = this.#clock.monotonicMs();
    const { isLimited } = this.#rate;
    if (isLimited) this.#count(nowMs);
    this.#rate.throttled(nowMs, grantedMs ?? nowMs);
    if (!isLimited) this.#restart(0);
  }

  #grant(caller: Caller, calls: number, waited: boolean): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#rate.isLimited) {
      this.#count(nowMs);
      if (this.#tokens < Math.min(calls, this.#burst)) return false;
      this.#tokens -= calls;
    }
    caller.grantedMs = nowMs;
    this.#rate.granted(nowMs, calls, waited);
    return true;
  }

  #count(nowMs: number): void {
    const { perSecond } = this.#rate;
    const earned = ((nowMs - this.#countedMs) * perSecond) / 1_000;
    this.#tokens = Math.min(this.#tokens + earned, this.#burst + LATE_SECONDS * perSecond);
    this.#countedMs = nowMs;
  }

  #restart(tokens: number): void {
    this.#tokens = tokens;
    this.#countedMs = this.#clock.monotonicMs();
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (!this.#grant(waiter.caller, waiter.calls, true)) {
        this.#sleepFor(waiter);
        return;
      }
      this.#waiting.delete(waiter);
      waiter.go();
    }
  }

  #sleepFor({ calls }: Waiter): void {
    const missing = Math.min(calls, this.#burst) - this.#tokens;
    // A timer set for 19.3 ms may come after 19.
    const ms = Math.min(LONGEST_SLEEP_MS, Math.max(1, Math.ceil((missing * 1_000) / this.#rate.perSecond)));
    const sleep = new AbortController();
    this.#sleep = sleep;
    this.#clock.sleep(ms, sleep.signal).then(
      () => this.#serve(),
      () => {},
    );
  }

  #wake(): void {
    this.#sleep?.abort(WOKEN);
    this.#serve();
  }
}
