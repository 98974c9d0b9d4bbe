import type { Budget } from '../seam/call-context.ts';
import type { Clock } from '../seam/clock.ts';
import { type ApiLimiter, type Caller, GRANTED } from './api-limiter.ts';

/** The budget as one call of an adapter sees it: its waits end with that call. */
export class CallBudget implements Budget, Caller {
  readonly signal: AbortSignal;
  grantedMs: number | undefined;
  #waiting = 0;
  #sinceMs = 0;
  #waitedMs = 0;
  readonly #clock: Clock;
  readonly #limiterOf: (api: string) => ApiLimiter;

  constructor(clock: Clock, limiterOf: (api: string) => ApiLimiter, signal: AbortSignal) {
    this.#clock = clock;
    this.#limiterOf = limiterOf;
    this.signal = signal;
  }

  take(api: string, calls = 1): Promise<void> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason);
    if (!(Number.isSafeInteger(calls) && calls > 0)) {
      return Promise.reject(new TypeError(`budget.take(${JSON.stringify(api)}, ${calls}): calls must be 1 or more.`));
    }
    const taken = this.#limiterOf(api).take(this, calls);
    if (taken !== GRANTED) this.#noteWait(taken);
    return taken;
  }

  /** How long this call has waited for its turn: no fault of the peer's, so its deadline moves by as much. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#waiting > 0 ? this.#clock.monotonicMs() - this.#sinceMs : 0);
  }

  #noteWait(taken: Promise<void>): void {
    if (this.#waiting === 0) this.#sinceMs = this.#clock.monotonicMs();
    this.#waiting += 1;
    const end = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#waitedMs += this.#clock.monotonicMs() - this.#sinceMs;
    };
    taken.then(end, end);
  }

  throttled(api: string): void {
    this.#limiterOf(api).throttled(this);
  }
}
