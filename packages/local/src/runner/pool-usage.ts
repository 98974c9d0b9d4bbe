import type { Pool } from '../local-options.ts';
import type { PoolRequest } from '../to-request.ts';

/** What running tasks took. Each is asked against the pool its own client was given, so that no part waits for ever. */
export class PoolUsage {
  #cpus = 0;
  #memoryGiB = 0;
  readonly #gpus = new Set<number>();

  /** Every task takes some processor: with none left, nothing fits. */
  isFull(pool: Pool): boolean {
    return this.#cpus >= pool.cpus - SLACK;
  }

  fits(request: PoolRequest, pool: Pool): boolean {
    return (
      this.#cpus + request.cpus <= pool.cpus + SLACK &&
      this.#memoryGiB + request.memoryGiB <= pool.memoryGiB + SLACK &&
      this.#freeGpus(pool).length >= request.gpus
    );
  }

  /** Takes it, and says which accelerators; `gpus` when they are known already. */
  take(request: PoolRequest, pool: Pool, gpus?: readonly number[]): readonly number[] {
    const taken = gpus ?? this.#freeGpus(pool).slice(0, request.gpus);
    this.#cpus += request.cpus;
    this.#memoryGiB += request.memoryGiB;
    for (const gpu of taken) this.#gpus.add(gpu);
    return taken;
  }

  giveBack(request: PoolRequest, gpus: readonly number[]): void {
    this.#cpus -= request.cpus;
    this.#memoryGiB -= request.memoryGiB;
    for (const gpu of gpus) this.#gpus.delete(gpu);
  }

  #freeGpus(pool: Pool): readonly number[] {
    const free: number[] = [];
    for (let gpu = 0; gpu < pool.gpus; gpu += 1) if (!this.#gpus.has(gpu)) free.push(gpu);
    return free;
  }
}

/** Fractions of cores and gibibytes do not add up to whole numbers exactly. */
const SLACK = 1e-9;
