import type { CallContext, JobAdapter, JobKind } from '@scijob/core/adapter';
import type { FakeAdapter, ManualClock } from '@scijob/testing';
import type { ClientProcess } from './client-process.ts';

export const WIRED = ['target', 'plan', 'prepare', 'submit', 'find', 'observe', 'listChildren', 'cancel'] as const;
export type WiredMethod = (typeof WIRED)[number];
/** `lost`: never arrives. `reply-lost`: done, and nobody hears of it. `throttled`: 429. `busy`: a submit that is refused for now. */
export type Trouble = 'lost' | 'reply-lost' | 'throttled' | 'busy';

export class WireError extends Error {
  override readonly name = 'WireError';
}

/**
 * What lies between the clients and the one backend. While it is frozen calls wait; one whose caller has given up or died
 * arrives all the same, late. The backend has a clock of its own, that is never wrong.
 */
export class Wire {
  readonly #base: ManualClock;
  readonly #troubles = new Map<WiredMethod, Trouble[]>();
  #thaw: PromiseWithResolvers<void> | undefined;
  #frozen: WiredMethod | undefined;
  /** A submit arrived whose caller had given up: what `submitOnce: 'lookup'` cannot keep from running twice. */
  hadLateSubmit = false;

  constructor(base: ManualClock) {
    this.#base = base;
  }

  get isFrozen(): boolean {
    return this.#thaw !== undefined;
  }

  /** All calls, or those of one method: a submit that is under way while its caller asks what became of it. */
  freeze(only?: WiredMethod): void {
    this.#frozen = only;
    this.#thaw ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#thaw?.resolve();
    this.#thaw = undefined;
  }

  /** The next calls of a method meet this. */
  trouble(method: WiredMethod, trouble: Trouble, times: number): void {
    const queue = this.#troubles.get(method) ?? [];
    this.#troubles.set(method, [...queue, ...Array.from({ length: times }, () => trouble)]);
  }

  repair(): void {
    this.#troubles.clear();
    this.thaw();
  }

  /** The adapter as one process has it. */
  adapter(inner: FakeAdapter, process: ClientProcess): JobAdapter<JobKind, unknown> {
    const call =
      (method: WiredMethod) =>
      (...given: readonly unknown[]) =>
        process.step(() => this.#call(inner, method, given, process));
    const wired = Object.fromEntries(WIRED.map((method) => [method, call(method)])) as Pick<FakeAdapter, WiredMethod>;
    return { ...inner, ...wired, close: async () => {} };
  }

  async #call(inner: FakeAdapter, method: WiredMethod, given: readonly unknown[], process: ClientProcess) {
    const context = given.at(-1) as CallContext;
    const trouble = this.#troubles.get(method)?.shift();
    if (trouble === 'lost') throw new WireError(`${method} did not arrive`);
    if (trouble === 'throttled') {
      context.budget.throttled(method);
      throw new WireError(`429 for ${method}`);
    }
    if (trouble === 'busy' && method === 'submit') {
      const error = { code: 'BUSY', message: 'The backend takes nothing at the moment.', retryable: true };
      return (given[0] as readonly unknown[]).map(() => ({ type: 'refused', error }));
    }
    const arrives = this.#arrive(inner, method, given, context, process);
    arrives.catch(() => {});
    const answer = await orAborted(arrives, context.signal);
    if (trouble !== undefined) throw new WireError(`the reply to ${method} was lost`);
    return answer;
  }

  async #arrive(
    inner: FakeAdapter,
    method: WiredMethod,
    given: readonly unknown[],
    context: CallContext,
    process: ClientProcess,
  ) {
    const { signal } = context;
    while (this.#thaw && (this.#frozen ?? method) === method) await this.#thaw.promise;
    if (method === 'submit' && (signal.aborted || process.isDead)) this.hadLateSubmit = true;
    // What is on its way no longer asks the caller's leave.
    const budget = { take: async () => {}, throttled: () => {} };
    const there: CallContext = { ...context, budget, clock: this.#base, signal: new AbortController().signal };
    const act = inner[method] as (...all: readonly unknown[]) => Promise<unknown>;
    return act.call(inner, ...given.slice(0, -1), there);
  }
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
