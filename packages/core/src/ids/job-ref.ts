import type { JobKind } from './job-kind.ts';
import type { Target } from './target.ts';

/** From the first to the last task index, both included. */
export type TaskRange = readonly [from: number, to: number];

/** One native object of a submission: a job, or one shard of an array. */
export interface PartRef {
  readonly nativeId: string;
  readonly tasks?: readonly TaskRange[];
}

/** One time core created the job: 1, 2, … */
export interface SubmissionRef {
  readonly number: number;
  readonly parts: readonly PartRef[];
}

/** Plain, versioned, without a secret: finds the job again from any machine. */
export interface JobRef {
  readonly version: 1;
  readonly target: Target;
  readonly key: string;
  /** SHA-256 of the resolved job. */
  readonly jobHash: string;
  readonly submissions: readonly SubmissionRef[];
  readonly kind: JobKind;
  /** Number of items, for an array. */
  readonly count?: number;
  /** Index of one item, for a child of an array. */
  readonly child?: number;
  /** Declared outputs: name → `file:path`, `file?:path` (optional), `files:pattern`, `json:path`. */
  readonly places: { readonly [name: string]: string };
}

export type JobRefString = `scijob:job:${string}`;
export type ArrayRefString = `scijob:array:${string}`;
