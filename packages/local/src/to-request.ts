import type { Parallel, Resources } from '@scijob/core/adapter';

/** What one task takes from the pool while it runs. */
export interface PoolRequest {
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly gpus: number;
}

/** A task that asks for nothing counts one processor for each of its processes, and no memory. */
export function toRequest(job: { readonly resources: Resources; readonly parallel?: Parallel }): PoolRequest {
  return {
    cpus: job.resources.cpus ?? job.parallel?.processesPerNode ?? 1,
    memoryGiB: job.resources.memoryGiB ?? 0,
    gpus: job.resources.gpus ?? 0,
  };
}
