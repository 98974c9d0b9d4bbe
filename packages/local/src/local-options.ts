import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { stateDirectory } from '@scijob/core/adapter';

/** How this machine is used. */
export interface LocalOptions {
  /**
   * Where jobs, their logs and the runner are kept.
   *
   * @default `local` in `$SCIJOB_HOME`, else in the folder the system keeps for state of this user (`~/.local/state/scijob`)
   */
  readonly directory?: string;
  /**
   * Processor cores that running tasks may ask for together; a task that asks for none counts one.
   *
   * @default what this process may use
   */
  readonly cpus?: number;
  /**
   * Memory, in GiB, that running tasks may ask for together; a task that asks for none counts none.
   *
   * @default what the machine has
   */
  readonly memoryGiB?: number;
  /**
   * Accelerators, handed out by number in `CUDA_VISIBLE_DEVICES`.
   *
   * @default 0
   */
  readonly gpus?: number;
  /**
   * What to do with a job that names a container image: nothing here runs containers.
   * `ignore` runs the command without it, on what is installed.
   *
   * @default 'refuse'
   */
  readonly image?: 'refuse' | 'ignore';
}

/** What only this adapter understands. */
export interface LocalNative {
  /** How far the task gives way to others, 0 to 19, as of `nice(1)`. */
  readonly nice?: number;
}

/** What tasks that run at the same time share. */
export interface Pool {
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly gpus: number;
}

export interface ResolvedLocalOptions {
  readonly directory: string;
  readonly pool: Pool;
  readonly image: 'refuse' | 'ignore';
}

const GIB = 2 ** 30;

const NAMES = ['directory', 'cpus', 'memoryGiB', 'gpus', 'image'] as const satisfies readonly (keyof LocalOptions)[];

/** Checks what was given, at construction; reads nothing. */
export function requireLocalOptions(options: LocalOptions): LocalOptions {
  const unknown = Object.keys(options).filter((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new TypeError(`createLocal has no option "${unknown[0]}". Known are: ${NAMES.join(', ')}.`);
  }
  requireAmount('cpus', options.cpus, (value) => value > 0, 'more than 0');
  requireAmount('memoryGiB', options.memoryGiB, (value) => value > 0, 'more than 0');
  requireAmount('gpus', options.gpus, (value) => Number.isInteger(value) && value >= 0, 'a whole number, 0 or more');
  const image: unknown = options.image;
  if (image !== undefined && image !== 'refuse' && image !== 'ignore') {
    throw new TypeError(`createLocal: image must be 'refuse' or 'ignore', not ${JSON.stringify(image)}.`);
  }
  if (options.directory !== undefined && /[\n\0]/.test(options.directory)) {
    throw new TypeError(`createLocal: directory must be one line, not ${JSON.stringify(options.directory)}.`);
  }
  return Object.freeze({ ...options });
}

/** Fills in what the machine and the environment say; called at the first use, never at import or construction. */
export function resolveLocalOptions(
  options: LocalOptions,
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedLocalOptions {
  return {
    directory: resolve(options.directory ?? join(stateDirectory(environment), 'local')),
    pool: {
      cpus: options.cpus ?? availableParallelism(),
      memoryGiB: options.memoryGiB ?? totalmem() / GIB,
      gpus: options.gpus ?? 0,
    },
    image: options.image ?? 'refuse',
  };
}

function requireAmount(name: string, value: number | undefined, accepts: (value: number) => boolean, what: string) {
  if (value === undefined || (Number.isFinite(value) && accepts(value))) return;
  throw new TypeError(`createLocal: ${name} must be ${what}, not ${String(value)}.`);
}
