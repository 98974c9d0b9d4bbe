import type { CallContext, Clock } from '@scijob/core/adapter';

export interface ContextOptions {
  readonly signal?: AbortSignal;
  /** From now. @default 60_000 */
  readonly deadlineMs?: number;
}

/** Makes what core hands to each call, and keeps what adapters did with it. */
export class Contexts {
  readonly clock: Clock;
  /** Calls that were taken from the budget, by API. */
  readonly calls = new Map<string, number>();
  /** What was logged, as it would be printed. */
  readonly logged: string[] = [];
  readonly #wait: (ms: number) => Promise<void>;

  constructor(clock: Clock, wait: (ms: number) => Promise<void>) {
    this.clock = clock;
    this.#wait = wait;
  }

  make({ signal = new AbortController().signal, deadlineMs = 60_000 }: ContextOptions = {}): CallContext {
    const { clock, calls, logged } = this;
    const log = (fields: object, message: string) => {
      logged.push(`${message} ${JSON.stringify(fields, errorsToo)}`);
    };
    return {
      signal,
      deadline: clock.monotonicMs() + deadlineMs,
      logger: { debug: log, info: log, warn: log, error: log },
      clock,
      budget: {
        take: async (api, count = 1) => {
          calls.set(api, (calls.get(api) ?? 0) + count);
        },
        throttled: () => {},
      },
      pause: async (ms) => {
        signal.throwIfAborted();
        await this.#wait(ms);
        signal.throwIfAborted();
      },
    };
  }

  get callCount(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }
}

function errorsToo(_name: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
