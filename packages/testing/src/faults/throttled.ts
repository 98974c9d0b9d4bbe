import type { CallContext } from '@scijob/core/adapter';
import type { AnswerOf, Fault, FaultableMethod, FaultyCall, OneOrMore } from './fault.ts';
import { onEach } from './fault.ts';
import { InjectedFaultError } from './injected-fault-error.ts';

/** A time in which the limit was the same, counted by the server. */
export interface ThrottleWindow {
  readonly fromMs: number;
  readonly perSecond: number;
  /** Calls it took. */
  granted: number;
  /** Calls it answered with a 429. */
  refused: number;
}

export interface ThrottledFault extends Fault {
  /** One entry per step, as far as time has come. */
  readonly windows: readonly ThrottleWindow[];
}

export interface ThrottledOptions {
  /** Calls per second; or steps, one after the other, of which the last stays. */
  readonly perSecond: number | readonly { readonly perSecond: number; readonly forMs: number }[];
  /** Tokens the bucket holds. @default one second's worth */
  readonly burst?: number;
  /** The name it is known by to the budget. @default the method's */
  readonly api?: string;
  /**
   * What the adapter makes of a 429. `throws`: it rejects. `asks-again`: it does nothing but wait for its budget and send
   * the same request again, which a 429 allows: it says for certain that nothing was done.
   *
   * @default 'throws'
   */
  readonly on429?: 'throws' | 'asks-again';
}

/** How long an adapter waits that was refused though its budget let it call. */
const PAUSE_MS = 100;
/** What is earned in ten steps is not quite one. */
const ONE_TOKEN = 1 - 1e-9;

/**
 * A server that allows so many calls per second, all methods together, and answers 429 to the rest. Does for the adapter
 * what each adapter does: `budget.take` before a call, `budget.throttled` after a 429.
 *
 * @example
 * throttled('submit', { perSecond: [{ perSecond: 50, forMs: 10_000 }, { perSecond: 5, forMs: 10_000 }, { perSecond: 50, forMs: 10_000 }] })
 */
export function throttled(
  methods: OneOrMore<FaultableMethod>,
  { perSecond, burst, api, on429 = 'throws' }: ThrottledOptions,
): ThrottledFault {
  const steps = typeof perSecond === 'number' ? [{ perSecond, forMs: Number.POSITIVE_INFINITY }] : perSecond;
  const server = new ThrottlingServer(steps, burst);
  const inject = async <M extends FaultableMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const { context } = call;
    const name = api ?? call.method;
    await context.budget.take(name);
    // Once stopped it lets all through, and counts no more.
    while (call.hits(refuses(server, context))) {
      call.injected('429');
      context.budget.throttled(name);
      if (on429 === 'throws') throw new InjectedFaultError(`injected: 429 for ${call.method}`, 'ThrottlingException');
      await context.pause(PAUSE_MS);
      await context.budget.take(name);
    }
    return call.proceed();
  };
  const words = steps.map((step) => step.perSecond).join(' → ');
  return { name: `throttled (${words} per second)`, on: onEach(methods, inject), windows: server.windows };
}

function refuses(server: ThrottlingServer, { clock }: CallContext) {
  return { words: 'when the bucket is empty', hits: () => !server.takes(clock.monotonicMs()) };
}

/** A token bucket whose rate steps. */
class ThrottlingServer {
  readonly windows: ThrottleWindow[] = [];
  readonly #steps: Exclude<ThrottledOptions['perSecond'], number>;
  readonly #burst: number | undefined;
  #tokens = 0;
  #atMs: number | undefined;
  #stepEndsMs = Number.NEGATIVE_INFINITY;

  constructor(steps: Exclude<ThrottledOptions['perSecond'], number>, burst: number | undefined) {
    this.#steps = steps;
    this.#burst = burst;
  }

  takes(nowMs: number): boolean {
    const window = this.#windowAt(nowMs);
    if (this.#tokens < ONE_TOKEN) {
      window.refused += 1;
      return false;
    }
    this.#tokens -= 1;
    window.granted += 1;
    return true;
  }

  #windowAt(nowMs: number): ThrottleWindow {
    let window = this.windows.at(-1);
    while (window === undefined || (nowMs >= this.#stepEndsMs && this.windows.length < this.#steps.length)) {
      const fromMs = window === undefined ? nowMs : this.#stepEndsMs;
      if (window) this.#fill(window, fromMs);
      const step = this.#steps[this.windows.length] ?? { perSecond: 0, forMs: Number.POSITIVE_INFINITY };
      window = { fromMs, perSecond: step.perSecond, granted: 0, refused: 0 };
      this.windows.push(window);
      this.#stepEndsMs = fromMs + step.forMs;
      if (this.#atMs === undefined) this.#tokens = this.#capacity(window);
      this.#atMs = fromMs;
    }
    this.#fill(window, nowMs);
    return window;
  }

  #fill(window: ThrottleWindow, untilMs: number): void {
    const earned = ((untilMs - (this.#atMs ?? untilMs)) / 1_000) * window.perSecond;
    this.#tokens = Math.min(this.#capacity(window), this.#tokens + earned);
    this.#atMs = untilMs;
  }

  #capacity({ perSecond }: ThrottleWindow): number {
    return Math.max(1, this.#burst ?? perSecond);
  }
}
