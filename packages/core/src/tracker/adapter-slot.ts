import { AdapterBudget } from '../budget/adapter-budget.ts';
import { ClientClosedError } from '../errors/client-closed-error.ts';
import type { Attempt } from '../ids/attempt.ts';
import type { Target } from '../ids/target.ts';
import type { CallContext } from '../seam/call-context.ts';
import type { Clock } from '../seam/clock.ts';
import type { JobAdapter } from '../seam/job-adapter.ts';
import type { Logger } from '../seam/logger.ts';
import { abortable } from '../util/abortable.ts';
import type { Json } from '../util/json.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { DEFAULT_CADENCE } from './cadence.ts';
import type { TrackedJob } from './tracked-job.ts';
import { type OnEnd, Tracker } from './tracker.ts';

export type AnyAdapter = JobAdapter<never, unknown>;

export interface SlotOptions {
  readonly name: string;
  readonly adapter: AnyAdapter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEnd: OnEnd;
  readonly onAttempt?: (job: TrackedJob, attempt: Attempt, evidence: Json) => void;
}

const OVER = new Error('The call is over.');
/** No call of an adapter may be under way longer than this, whatever the peer does. */
const CALL_LIMIT_MS = 120_000;

/** One adapter of a client: its calls with signal and deadline, its target, its tracker. */
export class AdapterSlot {
  readonly name: string;
  readonly adapter: AnyAdapter;
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly #closing = new AbortController();
  readonly #budget: AdapterBudget;
  #target: Promise<Target> | undefined;
  #now: Date | undefined;

  constructor({ name, adapter, clock, logger, onEnd, onAttempt }: SlotOptions) {
    this.name = name;
    this.adapter = adapter;
    this.clock = clock;
    this.logger = logger;
    this.#budget = new AdapterBudget({ clock, declared: adapter.capabilities.budgets });
    this.tracker = new Tracker({
      name,
      cadence: adapter.capabilities.cadence ?? DEFAULT_CADENCE,
      clock,
      logger,
      onEnd,
      ...(onAttempt ? { onAttempt } : {}),
      observe: (jobs, signal) =>
        this.call(
          (context) =>
            adapter.observe(
              jobs.map(({ ref, memo }) => (memo === undefined ? { ref } : { ref, memo })),
              context,
            ),
          { signal, background: true },
        ),
    });
  }

  /** The present, as one `Date` for all who ask within a millisecond: each job keeps one. */
  now(): Date {
    const now = this.clock.now();
    if (now.getTime() !== this.#now?.getTime()) this.#now = now;
    return this.#now ?? now;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Asked once per client; asked again after a failure. */
  target(signal?: AbortSignal): Promise<Target> {
    this.#target ??= this.#askTarget().catch((error: unknown) => {
      this.#target = undefined;
      throw error;
    });
    return signal ? abortable(this.#target, signal) : this.#target;
  }

  /**
   * Calls the adapter. Ends when the call does, at the deadline, when `signal` aborts (rejecting with its reason),
   * or when the client closes, whichever is first.
   */
  async call<T>(
    fn: (context: CallContext) => Promise<T>,
    { signal, background = false }: { readonly signal?: AbortSignal; readonly background?: boolean } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw closed();
    const operation = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    const stop = (reason: unknown) => {
      reject(reason);
      operation.abort(reason);
    };
    const onAbort = () => stop(signal?.reason);
    const onClose = () => stop(closed());
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#closing.signal.addEventListener('abort', onClose, { once: true });
    const release = background ? undefined : keepAlive();
    const budget = this.#budget.forCall(operation.signal);
    const begunMs = this.clock.monotonicMs();
    this.#expire(begunMs, budget, operation.signal).then(
      () => stop(new Error(`The adapter "${this.name}" did not answer within ${CALL_LIMIT_MS / 1_000} seconds.`)),
      () => {},
    );
    try {
      return await Promise.race([
        fn({
          signal: operation.signal,
          get deadline() {
            return begunMs + CALL_LIMIT_MS + budget.waitedMs;
          },
          logger: this.logger,
          clock: this.clock,
          budget,
          pause: (ms) => this.clock.sleep(ms, operation.signal),
        }),
        stopped,
      ]);
    } finally {
      // Also ends the timer. With a reason of its own: making the default one, with its stack, costs more than a call.
      operation.abort(OVER);
      release?.();
      signal?.removeEventListener('abort', onAbort);
      this.#closing.signal.removeEventListener('abort', onClose);
    }
  }

  /** Resolves when a call has had its time. Waiting for its turn does not count: a thousand submits at five a second take minutes. */
  async #expire(begunMs: number, budget: { readonly waitedMs: number }, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(CALL_LIMIT_MS, signal);
    while (budget.waitedMs > 0) {
      const leftMs = begunMs + CALL_LIMIT_MS + budget.waitedMs - this.clock.monotonicMs();
      if (leftMs <= 0) return;
      await this.clock.sleep(leftMs, signal);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#budget.close();
    await this.tracker.close();
    await this.adapter.close();
  }

  async #askTarget(): Promise<Target> {
    const target = await this.call((context) => this.adapter.target(context));
    this.#budget.join(target);
    return target;
  }
}

function closed(): ClientClosedError {
  return new ClientClosedError('The client is closed. The job itself is not affected; attach to it with a new client.');
}
