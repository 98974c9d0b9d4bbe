import type { Pool } from '../local-options.ts';
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
  /** The largest any client has spoken of. */
  #widest: Pool | undefined;
  readonly #blockedSinceMs = new Map<PartRun, number>();

  constructor(pool: PoolUsage) {
    this.#pool = pool;
  }

  add(part: PartRun): void {
    this.#parts.add(part);
    if (part.record.pool.cpus > (this.#widest?.cpus ?? 0)) this.#widest = part.record.pool;
  }

  remove(part: PartRun): void {
    this.#parts.delete(part);
    this.#blockedSinceMs.delete(part);
  }

  /** The part of which a task is to be started now; its waiting is over. */
  next(nowMs: number): PartRun | undefined {
    const best = this.#findFitting(nowMs);
    const impatient = this.#findImpatient(nowMs);
    let chosen = best;
    if (impatient && (best === undefined || impatient.running.size <= best.running.size)) {
      // What it waits for is kept for it: nobody else may take it.
      chosen = this.#pool.fits(impatient.request, impatient.record.pool) ? impatient : undefined;
    }
    if (chosen) this.#blockedSinceMs.delete(chosen);
    return chosen;
  }

  #findFitting(nowMs: number): PartRun | undefined {
    let best: PartRun | undefined;
    for (const part of this.#parts) {
      if (!part.hasWaiting) {
        // Whatever is put back comes in again by `add`.
        this.remove(part);
        continue;
      }
      if (!part.mayStart) continue;
      if (!this.#pool.fits(part.request, part.record.pool)) {
        if (!this.#blockedSinceMs.has(part)) this.#blockedSinceMs.set(part, nowMs);
      } else if (best === undefined || part.running.size < best.running.size) best = part;
      if (best?.running.size === 0 || (this.#widest && this.#pool.isFull(this.#widest))) break;
    }
    return best;
  }

  /** Of those who have been passed by for too long, the one of whom fewest run, and then who waits longest. */
  #findImpatient(nowMs: number): PartRun | undefined {
    let found: PartRun | undefined;
    for (const [part, sinceMs] of this.#blockedSinceMs) {
      // In the order they were blocked: all behind this one are more patient.
      if (nowMs - sinceMs <= PATIENCE_MS) break;
      if (!part.hasWaiting || !part.mayStart) continue;
      if (found === undefined || part.running.size < found.running.size) found = part;
    }
    return found;
  }
}
