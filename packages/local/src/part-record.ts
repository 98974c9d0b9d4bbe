import type { Part, PartKey, ResolvedJob, TaskRange } from '@scijob/core/adapter';
import type { LocalNative, Pool } from './local-options.ts';
import { type PartDependency, toDependencies } from './part-dependency.ts';

/** `part.json`: what the runner needs to know of a part, and nothing secret. */
export interface PartRecord {
  readonly version: 1;
  readonly key: PartKey;
  readonly job: RecordedJob;
  readonly tasks?: readonly TaskRange[];
  /** Other parts of this directory that have to end first; absent when there are none. */
  readonly after?: readonly PartDependency[];
  /** The machine, hashed, that is to run it. */
  readonly machine: string;
  /** What the tasks share with others, as the adapter that sent them was told. */
  readonly pool: Pool;
  /** The environment every task begins with, taken where the job was prepared. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** What stands before the job's own argv: the launcher of its processes. */
  readonly launcher: readonly string[];
  readonly preparedAt: string;
}

/** A resolved job without its functions. */
export type RecordedJob = Omit<ResolvedJob<LocalNative>, 'array'> & {
  readonly array?: { readonly count: number; readonly maxConcurrent?: number };
};

export function toPartRecord(
  part: Part<LocalNative>,
  rest: Pick<PartRecord, 'machine' | 'pool' | 'baseEnvironment' | 'launcher' | 'preparedAt'>,
): PartRecord {
  const { array, ...job } = part.job;
  return {
    version: 1,
    key: part.key,
    job: {
      ...job,
      ...(array && {
        array: {
          count: array.count,
          ...(array.maxConcurrent !== undefined && { maxConcurrent: array.maxConcurrent }),
        },
      }),
    },
    ...(part.tasks && { tasks: part.tasks }),
    ...(part.after.length > 0 && { after: toDependencies(part.after) }),
    ...rest,
  };
}

/** `undefined` for what is torn, foreign or of another version. */
export function parsePartRecord(text: string): PartRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Partial<PartRecord>;
  const whole =
    record.version === 1 &&
    typeof record.key?.token === 'string' &&
    typeof record.job === 'object' &&
    typeof record.machine === 'string' &&
    typeof record.pool?.cpus === 'number';
  return whole ? (record as PartRecord) : undefined;
}

/** The indices a part runs; a single job is its own only task, 0. */
export function tasksOf(record: Pick<PartRecord, 'tasks' | 'job'>): readonly TaskRange[] {
  return record.tasks ?? [[0, (record.job.array?.count ?? 1) - 1]];
}
