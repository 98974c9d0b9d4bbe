import type { JobRefString } from '../ids/job-ref.ts';
import type { Json } from '../util/json.ts';
import type { Artifact } from './artifact.ts';
import type { Schema } from './schema.ts';

/** One declared output; `Value` is what `result()` gives for it. */
export interface Output<Value> {
  readonly type: 'file' | 'files' | 'json';
  readonly path: string;
  readonly optional?: boolean;
  readonly schema?: Schema<unknown>;
  readonly '~value'?: Value;
}

/** An output of a job that may still run, as plain JSON: `handle.outputs.index`. In another job's `inputs` it is also the dependency. */
export interface OutputRef<Value = unknown> {
  readonly job: JobRefString;
  readonly output: string;
  readonly '~value'?: Value;
}

/** One file the job must leave at `path`; without it the job failed with `output-missing`. */
export function file(path: string): Output<Artifact>;
/** One file the job may leave at `path`; `undefined` when it did not. */
export function file(path: string, options: { readonly optional: true }): Output<Artifact | undefined>;
export function file(path: string, options?: { readonly optional: true }): Output<Artifact | undefined> {
  return Object.freeze({ type: 'file' as const, path, ...(options?.optional ? { optional: true } : {}) });
}

/**
 * All files that match `pattern`: `*` and `?` within one folder, `**` over folders, `[a-z]`.
 * None is a failure (`output-missing`) unless `optional`.
 */
export function files(pattern: string, options?: { readonly optional: true }): Output<readonly Artifact[]> {
  return Object.freeze({ type: 'files' as const, path: pattern, ...(options?.optional ? { optional: true } : {}) });
}

/** A JSON file the job must leave at `path`; `result()` gives its parsed value, checked by `schema` when there is one. */
export function json<Value = Json>(path: string, schema?: Schema<Value>): Output<Value> {
  return Object.freeze({ type: 'json' as const, path, ...(schema ? { schema } : {}) });
}
