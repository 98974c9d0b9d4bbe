import type { AnyHandle, ArrayHandle } from '../handle/job-handle.ts';
import type { DependencyCondition } from '../seam/part.ts';

export interface Dependency<C extends DependencyCondition = DependencyCondition> {
  readonly job: AnyHandle;
  readonly condition: C;
}

export type After<C extends DependencyCondition> = AnyHandle | Dependency<C> | readonly (AnyHandle | Dependency<C>)[];

/** After that job has ended, however it did. */
export function afterAny(job: AnyHandle): Dependency<'afterany'> {
  return { job, condition: 'afterany' };
}

/** After that job has failed. */
export function afterNotOk(job: AnyHandle): Dependency<'afternotok'> {
  return { job, condition: 'afternotok' };
}

/** Each task after the task of the same index in that array; for `map` only. */
// biome-ignore lint/suspicious/noExplicitAny: any array will do.
export function afterEach(job: ArrayHandle<any, any>): Dependency<'aftercorr'> {
  return { job, condition: 'aftercorr' };
}
