import type { AnyHandle, ArrayHandle } from '../handle/job-handle.ts';
import type { DependencyCondition } from '../seam/part.ts';
import type { DependencySet } from './dependency-set.ts';

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

const CONDITIONS = ['afterok', 'afterany', 'afternotok', 'aftercorr'] as const;

/** Notes what `after` names. @throws TypeError for what is neither a handle nor made by `afterAny`, `afterNotOk`, `afterEach` */
export function addAfter(after: unknown, dependencies: DependencySet): void {
  for (const one of Array.isArray(after) ? (after as readonly unknown[]) : after === undefined ? [] : [after]) {
    const { job, condition } = toDependency(one);
    dependencies.add(job.toString(), condition);
  }
}

function toDependency(given: unknown): Dependency {
  if (isHandle(given)) return { job: given, condition: 'afterok' };
  const { job, condition } = (given ?? {}) as Partial<Dependency>;
  if (isHandle(job) && CONDITIONS.some((one) => one === condition))
    return { job, condition: condition as DependencyCondition };
  throw new TypeError(
    '`after` takes handles of submitted jobs, or afterAny(handle), afterNotOk(handle), afterEach(arrayHandle). A job that is not submitted yet has no handle: submit it first.',
  );
}

function isHandle(value: unknown): value is AnyHandle {
  const { shape, duties } = (value ?? {}) as Partial<AnyHandle>;
  return (shape === 'job' || shape === 'array') && Array.isArray(duties);
}
