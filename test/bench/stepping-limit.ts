/** Calls per second a server allows, one after the other. */
export const STEPS: readonly number[] = [50, 5, 50];

/** What a server counted in the time of one step. */
export interface StepCount {
  /** The limit times the time, in calls. */
  readonly allowed: number;
  readonly served: number;
  readonly refused: number;
}

/** A token bucket that saves up one second of its limit, which steps: each for `stepSeconds`, then there is none. */
export class SteppingLimit {
  readonly #stepSeconds: number;
  readonly #counts = STEPS.map(() => ({ served: 0, refused: 0 }));
  #begunMs: number | undefined;
  #countedMs = 0;
  #tokens = 0;

  constructor(stepSeconds: number) {
    this.#stepSeconds = stepSeconds;
  }

  /** Whether the call is served. The first one begins the first step. */
  call(nowMs: number): boolean {
    this.#begunMs ??= nowMs;
    const step = Math.floor((nowMs - this.#begunMs) / (1_000 * this.#stepSeconds));
    const [count, perSecond] = [this.#counts[step], STEPS[step]];
    if (count === undefined || perSecond === undefined) return true;
    const earned = ((nowMs - this.#countedMs) * perSecond) / 1_000;
    this.#tokens = Math.min(perSecond, this.#tokens + earned);
    this.#countedMs = nowMs;
    const served = this.#tokens >= 1;
    if (served) this.#tokens -= 1;
    count[served ? 'served' : 'refused'] += 1;
    return served;
  }

  get counts(): readonly StepCount[] {
    return this.#counts.map((count, step) => ({ ...count, allowed: (STEPS[step] ?? 0) * this.#stepSeconds }));
  }
}
