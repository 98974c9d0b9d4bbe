// Compiled, not run: the documented interfaces and the schema accept exactly the same.
import type * as v from 'valibot';
import type { commandSpecSchema, parallelSchema, resourcesSchema, retryRuleSchema, retrySchema } from './job-schema.ts';
import type { CheckedProgram } from './job-spec.ts';
import type { Parallel } from './parallel.ts';
import type { Resources } from './resources.ts';
import type { RetryPolicy, RetryRule } from './retry-policy.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends infer Value | undefined ? Value : never };
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const proofs = [
  true satisfies Same<Mutable<Resources>, Mutable<v.InferOutput<typeof resourcesSchema>>>,
  true satisfies Same<Mutable<Parallel>, Mutable<v.InferOutput<typeof parallelSchema>>>,
  true satisfies Same<Mutable<RetryRule>, Mutable<v.InferOutput<typeof retryRuleSchema>>>,
  true satisfies Same<keyof RetryPolicy, keyof v.InferOutput<typeof retrySchema>>,
  true satisfies Same<keyof CheckedProgram, keyof v.InferOutput<typeof commandSpecSchema>>,
];
