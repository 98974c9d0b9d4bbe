import type { Schema } from './schema.ts';

/** Runs a Standard Schema. Asynchronous schemas are refused: a job is validated in one synchronous pass. */
export function checkSchema<Value>(
  schema: Schema<Value>,
  input: unknown,
): { readonly value?: Value; readonly issues: readonly string[] } {
  const result = schema['~standard'].validate(input) as
    | { readonly value: Value; readonly issues?: undefined }
    | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] }[] }
    | PromiseLike<unknown>;
  if ('then' in result) throw new TypeError('This schema validates asynchronously; use one that answers at once.');
  if (result.issues === undefined) return { value: result.value, issues: [] };
  return {
    issues: result.issues.map(({ message, path }) =>
      path?.length ? `${path.map(keyOf).join('.')}: ${message}` : message,
    ),
  };
}

function keyOf(segment: unknown): string {
  return typeof segment === 'object' && segment !== null && 'key' in segment ? String(segment.key) : String(segment);
}
