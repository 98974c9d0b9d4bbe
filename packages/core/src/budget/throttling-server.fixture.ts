import type { Budget } from '../seam/call-context.ts';
import type { Clock } from '../seam/clock.ts';

export interface ThrottlingServerOptions {
  readonly clock: Clock;
  /** Calls per second it serves at a time. */
  readonly limit: (atMs: number) => number;
  /** What it saves up, in seconds of its limit; at least one call. */
  readonly burstSeconds?: number;
}

/** A server with a token bucket. It counts what it allowed, served and refused. */
export class ThrottlingServer {
  readonly served: number[] = [];
  readonly refused: number[] = [];
  readonly #options: ThrottlingServerOptions;
  #tokens: number;
  #countedMs: number;

  constructor(options: ThrottlingServerOptions) {
    this.#options = options;
    this.#countedMs = options.clock.monotonicMs();
    this.#tokens = this.#most(this.#countedMs);
  }

  call(): 'served' | 'refused' {
    const nowMs = this.#options.clock.monotonicMs();
    const earned = ((nowMs - this.#countedMs) * this.#options.limit(nowMs)) / 1_000;
    this.#tokens = Math.min(this.#tokens + earned, this.#most(nowMs));
    this.#countedMs = nowMs;
    if (this.#tokens < 1) {
      this.refused.push(nowMs);
      return 'refused';
    }
    this.#tokens -= 1;
    this.served.push(nowMs);
    return 'served';
  }

  /** What was served of what the limit allowed in this time, and the share of the calls that was refused. */
  window(fromMs: number, untilMs: number): { readonly ofAllowed: number; readonly refusedShare: number } {
    const inside = (atMs: number) => atMs >= fromMs && atMs < untilMs;
    const served = this.served.filter(inside).length;
    const refused = this.refused.filter(inside).length;
    let allowed = 0;
    for (let atMs = fromMs; atMs < untilMs; atMs += 10) allowed += this.#options.limit(atMs) / 100;
    return { ofAllowed: served / allowed, refusedShare: refused / (served + refused) };
  }

  #most(nowMs: number): number {
    return Math.max(1, this.#options.limit(nowMs) * (this.#options.burstSeconds ?? 1));
  }
}

export interface CallerOptions {
  readonly clock: Clock;
  readonly server: Pick<ThrottlingServer, 'call'>;
  /** The budget of one call of the adapter. */
  readonly budget: () => Budget;
  readonly roundTripMs: number;
  readonly untilMs: number;
}

/** Calls one after the other, as an adapter should: `take` before each, `throttled` after a refusal, and once more. */
export async function keepCalling({ clock, server, budget, roundTripMs, untilMs }: CallerOptions): Promise<void> {
  while (clock.monotonicMs() < untilMs) {
    const mine = budget();
    let answer: 'served' | 'refused';
    do {
      await mine.take('Submit');
      await clock.sleep(roundTripMs / 2);
      answer = server.call();
      await clock.sleep(roundTripMs / 2);
      if (answer === 'refused') mine.throttled('Submit');
    } while (answer === 'refused' && clock.monotonicMs() < untilMs);
  }
}
