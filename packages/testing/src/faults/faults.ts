import type { Fault, FaultableMethod } from './fault.ts';

/** Something that was done to one call. */
export interface Injection {
  readonly fault: string;
  readonly method: FaultableMethod;
  /** Which call of this method. The first is 1. */
  readonly call: number;
  /** On the caller's clock, since the first call. */
  readonly atMs: number;
  readonly detail: string;
}

/** Some faults, the seed that decides where they strike, and the record of where they did. */
export interface Faults {
  readonly seed: number;
  /** In the order in which a call meets them. */
  readonly list: readonly Fault[];
  readonly injected: readonly Injection[];
  readonly stopped: boolean;
  record(injection: Injection): void;
  /** From now on calls go through unharmed; who is frozen is let go. Resolves when what was held up has arrived. */
  stop(): Promise<void>;
  /** The seed and what was injected, for the message of an assertion. */
  toString(): string;
}

/** The record shows this many of the newest; `injected` has them all. */
const SHOWN = 40;

/**
 * Faults for `withFaults`. The same seed does the same to the same calls.
 *
 * @example
 * const faults = createFaults([replyLost('submit', nth(1)), callFails('observe', everyNth(3))], { seed: 7 });
 * const adapter = withFaults(createLocal(), faults);
 */
export function createFaults(list: readonly Fault[], { seed = 1 }: { readonly seed?: number } = {}): Faults {
  const injected: Injection[] = [];
  let stopped = false;
  return {
    seed,
    list: [...list],
    injected,
    get stopped() {
      return stopped;
    },
    record: (injection) => {
      injected.push(injection);
    },
    stop: async () => {
      stopped = true;
      await Promise.all(list.map((fault) => fault.release?.()));
    },
    toString: () =>
      [
        `seed ${seed}; ${list.map(({ name }) => name).join('; ')}`,
        `${injected.length} injected${injected.length > SHOWN ? `, the last ${SHOWN}` : ''}:`,
        ...injected.slice(-SHOWN).map(toLine),
      ].join('\n'),
  };
}

function toLine({ fault, method, call, atMs, detail }: Injection): string {
  return `  ${Math.round(atMs)} ms, ${method} ${call}: ${fault}: ${detail}`;
}
