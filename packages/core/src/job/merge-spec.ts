import type { CheckedProgram, JobChanges } from './job-spec.ts';

const RECORDS = ['environment', 'secrets', 'inputs', 'resources', 'parallel', 'retry', 'tags'] as const;

/** The spec with `changes` applied: records merge by key, a key or field given as `undefined` is removed, everything else is replaced. */
export function mergeSpec(base: CheckedProgram, checked: JobChanges, changes: JobChanges): CheckedProgram {
  const merged: Record<string, unknown> = { ...base, ...checked };
  for (const record of RECORDS) {
    if (checked[record] === undefined) continue;
    merged[record] = { ...base[record], ...checked[record] };
    for (const [key, value] of Object.entries(changes[record] ?? {})) {
      if (value === undefined) delete (merged[record] as Record<string, unknown>)[key];
    }
  }
  for (const [field, value] of Object.entries(changes)) if (value === undefined) delete merged[field];
  // A program given another way takes the place of the first.
  if (changes.command !== undefined && changes.script === undefined) {
    delete merged['script'];
    delete merged['interpreter'];
  }
  if (changes.script !== undefined && changes.command === undefined) delete merged['command'];
  return merged as unknown as CheckedProgram;
}
