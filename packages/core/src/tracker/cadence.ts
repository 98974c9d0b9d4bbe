/** How long to wait between two looks: fast after a submit or a change, slower the longer nothing happens. */
export interface CadenceLimits {
  readonly fastestMs: number;
  readonly slowestMs: number;
}

export const DEFAULT_CADENCE: CadenceLimits = { fastestMs: 250, slowestMs: 10_000 };
const GROWTH = 1.5;
const JITTER = 0.2;

export interface Cadence {
  /** The next delay, ± 20 %, so that many clients do not look in step. */
  next(): number;
  /** Back to the fastest. */
  hurry(): void;
  /** The present delay without jitter. */
  readonly currentMs: number;
}

export function createCadence({ fastestMs, slowestMs }: CadenceLimits, random: () => number = Math.random): Cadence {
  let delayMs = fastestMs;
  return {
    next() {
      const jittered = delayMs * (1 + JITTER * (2 * random() - 1));
      delayMs = Math.min(delayMs * GROWTH, slowestMs);
      return jittered;
    },
    hurry() {
      delayMs = fastestMs;
    },
    get currentMs() {
      return delayMs;
    },
  };
}
