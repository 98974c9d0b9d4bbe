import type { Json } from '../util/json.ts';
import type { Output, OutputRef } from './output.ts';
import type { Parallel } from './parallel.ts';
import type { Resources } from './resources.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Schema } from './schema.ts';

export interface JobSpec<R> {
  /** What people call this job: 1 to 200 printable characters. Backends get it rewritten to what they allow. */
  readonly name: string;
  /** What the job leaves behind, by the name its results will have. */
  readonly outputs?: { readonly [Key in keyof R]: Output<R[Key]> } & { readonly then?: never };
  /** How often a failure of each kind may be tried again. @default none */
  readonly retry?: RetryPolicy;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ProgramSpec<R> extends JobSpec<R> {
  /** Container image. Refused where there are no containers. */
  readonly image?: string;
  /** Added to the task's environment. Names that begin with `SCIJOB_` are reserved. */
  readonly environment?: Readonly<Record<string, string>>;
  /** References only: `env:NAME`, `file:/path` (local, Slurm) or an ARN (AWS). A value is refused. */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Path in the task's directory → where it comes from: a path (relative ones resolve against `process.cwd()` at submit),
   * a URL, or an output of another job. A directory is taken whole; `'.'` is the task's directory itself.
   */
  readonly inputs?: Readonly<Record<string, string | OutputRef>>;
  readonly resources?: Resources;
  readonly parallel?: Parallel;
  /** Longest time the program may run, in seconds, counted from its start. Rounded up to the backend's resolution. @default the backend's */
  readonly timeLimitSeconds?: number;
}

/** A program and its arguments, never a shell string. */
export interface CommandSpec<R> extends ProgramSpec<R> {
  readonly command: readonly string[];
  readonly script?: never;
  readonly interpreter?: never;
}

/** A program that travels with the job. */
export interface ScriptSpec<R> extends ProgramSpec<R> {
  readonly script: string;
  /** @default the script's own `#!` line, else `/bin/sh` */
  readonly interpreter?: string;
  readonly command?: never;
}

/** A record of which a member may be `undefined`: to be removed. */
type Members<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** What `with()` changes: records merge by key (`undefined` removes), everything else is replaced. */
export interface JobChanges
  extends Omit<
    Partial<ProgramSpec<unknown>>,
    'outputs' | 'environment' | 'secrets' | 'inputs' | 'tags' | 'resources' | 'parallel'
  > {
  readonly environment?: Members<NonNullable<ProgramSpec<unknown>['environment']>>;
  readonly secrets?: Members<NonNullable<ProgramSpec<unknown>['secrets']>>;
  readonly inputs?: Members<NonNullable<ProgramSpec<unknown>['inputs']>>;
  readonly tags?: Members<NonNullable<ProgramSpec<unknown>['tags']>>;
  readonly resources?: Members<Resources>;
  readonly parallel?: Members<Parallel>;
  readonly command?: readonly string[];
  readonly script?: string;
  readonly interpreter?: string;
}

/** A command or script job as it was checked: what `job.spec` shows. Exactly what the schema in job-schema.ts accepts. */
export interface CheckedProgram extends Omit<ProgramSpec<unknown>, 'outputs'> {
  readonly outputs?: { readonly [name: string]: Output<unknown> };
  readonly command?: readonly string[];
  readonly script?: string;
  readonly interpreter?: string;
}

/** A workflow job as it was checked. */
export interface CheckedWorkflow extends Omit<JobSpec<unknown>, 'outputs'> {
  readonly outputs?: { readonly [name: string]: Output<unknown> };
  readonly workflow: Workflow<unknown>;
  readonly parameters: { readonly [name: string]: unknown };
}

/** `NoInfer`, readable by TypeScript 5.0: the parameters follow the workflow, not the other way round. */
type Exactly<P> = [P][P extends unknown ? 0 : never];

export type WorkflowParameters = { readonly [name: string]: Json };

export interface Workflow<P = WorkflowParameters> {
  readonly id: string;
  readonly version?: string;
  /** @default 'private' */
  readonly type?: 'private' | 'ready2run';
  readonly schema?: Schema<P>;
}

export interface WorkflowSpec<R, P> extends JobSpec<R> {
  readonly workflow: Workflow<P>;
  readonly parameters: Exactly<P>;
}
