import { deepFreeze } from '../util/deep-freeze.ts';
import { checkProgram } from './check-program.ts';
import { commandSpecSchema, jobChangesSchema } from './job-schema.ts';
import type { CheckedProgram, CommandSpec, JobChanges, ScriptSpec } from './job-spec.ts';
import { mergeSpec } from './merge-spec.ts';
import { requireValid } from './require-valid.ts';
import type { ScientificJob } from './scientific-job.ts';

/**
 * A program to run: argv, or a script that travels with it. Immutable; says what runs and what comes out, never where.
 *
 * @throws InvalidJobError naming every problem at once
 * @example
 * const dock = new CommandJob({
 *   name: 'dock',
 *   command: ['vina', '--config', 'box.txt'],
 *   inputs: { 'box.txt': './box.txt' },
 *   resources: { cpus: 4, memoryGiB: 8 },
 *   outputs: { poses: file('poses.pdbqt') },
 * });
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is "no outputs declared", as a default type argument.
export class CommandJob<R = {}> implements ScientificJob<R, 'command'> {
  readonly kind = 'command' as const;
  readonly name: string;
  /** What was given, checked and frozen. */
  readonly spec: CheckedProgram;
  declare readonly '~outputs'?: R;

  constructor(spec: CommandSpec<R> | ScriptSpec<R>) {
    const checked: CheckedProgram = CHECKED.delete(spec)
      ? (spec as CheckedProgram)
      : (requireValid('The job', commandSpecSchema, spec, (given) =>
          checkProgram(given as CheckedProgram),
        ) as CheckedProgram);
    this.name = checked.name;
    this.spec = deepFreeze(checked);
    Object.freeze(this);
  }

  /** A copy. Records (`resources`, `environment`, `inputs` …) merge by key, all else is replaced; other outputs would be another job. */
  with(changes: JobChanges): CommandJob<R> {
    if ('outputs' in changes) throw new TypeError('with() cannot change outputs: other outputs would be another job.');
    // The base is known to be valid, so only what changes is checked again: a map over 1,000,000 items calls this each time.
    const checked = requireValid('The change', jobChangesSchema, withoutRemovals(changes)) as JobChanges;
    const merged = mergeSpec(this.spec, checked, changes);
    if (checkProgram(merged).length === 0) CHECKED.add(merged);
    return new CommandJob<R>(merged as unknown as CommandSpec<R>);
  }
}

/** Specs that `with()` has already checked. */
const CHECKED = new WeakSet<object>();

function withoutRemovals(changes: JobChanges): object {
  const checkable: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    checkable[field] =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
        : value;
  }
  return checkable;
}
