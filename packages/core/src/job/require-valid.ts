import * as v from 'valibot';
import { InvalidJobError, type JobProblem } from '../errors/invalid-job-error.ts';

/** Parses user input with a schema; throws one `InvalidJobError` that names every problem. */
export function requireValid<Schema extends v.GenericSchema>(
  what: string,
  schema: Schema,
  input: unknown,
  crossCheck: (output: v.InferOutput<Schema>) => readonly JobProblem[] = () => [],
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (!result.success)
    throw new InvalidJobError(
      what,
      result.issues.map((issue) => toProblem(issue, schema)),
    );
  const problems = crossCheck(result.output);
  if (problems.length > 0) throw new InvalidJobError(what, problems);
  return result.output;
}

function toProblem(issue: v.BaseIssue<unknown>, schema: v.GenericSchema): JobProblem {
  const field = (issue.path ?? []).map((item) => String(item.key)).join('.');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = fieldsOf(schema, issue.path?.slice(0, -1) ?? []);
    return { field, message: `there is no such field.${known.length > 0 ? ` Known are: ${known.join(', ')}.` : ''}` };
  }
  if (issue.type === 'strict_object' || issue.type === 'object') {
    return issue.expected === 'Object'
      ? { field, message: `must be an object, got ${issue.received}.` }
      : { field, message: 'is missing.' };
  }
  // The library's own sentences begin with "Invalid"; ours finish the sentence "<field> …".
  const own = !issue.message.startsWith('Invalid ');
  const got = field.startsWith('secrets') ? '' : `, got ${shown(issue.input)}`;
  return {
    field,
    message: own
      ? `${issue.message}${got}.`
      : `must be ${EXPECTED[issue.expected ?? ''] ?? issue.expected ?? 'something else'}${got}.`,
  };
}

/** The library's type words, in a scientist's. */
const EXPECTED: Readonly<Record<string, string>> = {
  Array: 'a list of strings',
  Object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
};

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(JSON.stringify(value) ?? value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function fieldsOf(schema: v.GenericSchema, path: readonly { readonly key: unknown }[]): readonly string[] {
  let at: unknown = schema;
  for (const step of path) {
    at = (at as { entries?: Record<string, unknown> }).entries?.[String(step.key)];
    while (typeof at === 'object' && at !== null && 'wrapped' in at) at = at.wrapped;
    if (at === undefined) return [];
  }
  return Object.keys((at as { entries?: Record<string, unknown> }).entries ?? {});
}
