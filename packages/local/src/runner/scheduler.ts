import type { PartRun } from './part-run.ts';
import type { PoolUsage } from './pool-usage.ts';

/** So long others may slip past a part that does not fit; then they wait until it does. */
const PATIENCE_MS = 10_000;

/**
 * Whose task starts next: who came first among those of whom fewest run, so that a small job need not wait for a long
 * array. One that does not fit is passed by, for a while.
 */
export class Scheduler {
  readonly #pool: PoolUsage;
  /** Parts in the order they came. */
  readonly #parts = new Set<PartRun>();
  readonly #blockedSinceMs = new Map<PartRun, number>();

  constructor(pool: PoolUsage) {
    this.#pool = pool;
  }

  add(part: PartRun): void {
    this.#parts.add(part);
  }

  remove(part: PartRun): void {
    this.#parts.delete(part);
    this.#blockedSinceMs.delete(part);
  }

  next(nowMs: number): PartRun | undefined {
    let best: PartRun | undefined;
    let impatient: PartRun | undefined;
    for (const part of this.#parts) {
      if (!part.hasWaiting) {
        // Whatever is put back comes in again by `add`.
        this.remove(part);
        continue;
      }
      if (!part.mayStart) continue;
      if (this.#pool.fits(part.request, part.record.pool)) {
        this.#blockedSinceMs.delete(part);
        if (isLess(part, best)) best = part;
      } else if (this.#isImpatient(part, nowMs) && isLess(part, impatient)) {
        impatient = part;
      }
      if (best?.running.size === 0 || this.#pool.isFull(part.record.pool)) break;
    }
    // Nobody who comes after it may take what it waits for.
    return isLess(best, impatient) ? best : undefined;
  }

  #isImpatient(part: PartRun, nowMs: number): boolean {
    const sinceMs = this.#blockedSinceMs.get(part) ?? nowMs;
    this.#blockedSinceMs.set(part, sinceMs);
    return nowMs - sinceMs > PATIENCE_MS;
  }
}

/** Whether the first is to be served before the second, which was found earlier. */
function isLess(part: PartRun | undefined, other: PartRun | undefined): boolean {
  return part !== undefined && (other === undefined || part.running.size < other.running.size);
}
