/**
 * How many calls per second a server took lately: those let through, less those it refused. Measured over two stretches
 * of time, so that one can be forgotten and something is left.
 */
export class ServedCalls {
  readonly #shortestMs: number;
  #olderFromMs: number;
  #older = 0;
  #newerFromMs: number;
  #newer = 0;

  /** `shortestMs`: fewer calls than one second's in less time say nothing about a second. */
  constructor(fromMs: number, shortestMs = 0) {
    this.#shortestMs = shortestMs;
    this.#olderFromMs = fromMs;
    this.#newerFromMs = fromMs;
  }

  /** When the newer stretch began. */
  get turnedMs(): number {
    return this.#newerFromMs;
  }

  /** The newer stretch becomes the older one, which is forgotten. */
  turn(nowMs: number): void {
    this.#olderFromMs = this.#newerFromMs;
    this.#older = this.#newer;
    this.#newerFromMs = nowMs;
    this.#newer = 0;
  }

  granted(calls: number): void {
    this.#newer += calls;
  }

  /** One call that was let through at `grantedMs`. */
  refused(grantedMs: number): void {
    if (grantedMs >= this.#newerFromMs) this.#newer -= 1;
    else if (grantedMs >= this.#olderFromMs) this.#older -= 1;
  }

  perSecond(nowMs: number): number {
    const elapsedMs = Math.max(1, this.#shortestMs, nowMs - this.#olderFromMs);
    return (Math.max(0, this.#older + this.#newer) * 1_000) / elapsedMs;
  }
}
