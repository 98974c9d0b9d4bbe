import { InvalidJobError } from '../errors/invalid-job-error.ts';
import type { CommandJob } from '../job/command-job.ts';
import type { ManifestLine } from '../seam/resolved-job.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import type { Json } from '../util/json.ts';
import { jsonProblem } from '../util/json-problem.ts';
import { type AnyJob, requireJob } from './resolve-job.ts';

export type ResolveInputs = (
  inputs: NonNullable<CommandJob['spec']['inputs']>,
  index: number,
) => Record<string, string>;

/** Manifest text is handed on in pieces of about this many characters. */
const CHUNK_LENGTH = 64 * 1_024;

/**
 * The manifest of an array: one line of JSON per item with what differs from the first item's job. The function is called
 * once per item, in order, and never again: attaching and retrying need only the manifest.
 *
 * @throws InvalidJobError when an item is no JSON, or changes what one array cannot vary
 */
export async function* arrayManifest(
  items: readonly unknown[],
  base: AnyJob,
  jobOf: ((item: unknown, index: number) => unknown) | undefined,
  resolveInputs: ResolveInputs,
): AsyncGenerator<string, void, undefined> {
  let chunk = '';
  for (const [index, item] of items.entries()) {
    const line: ManifestLine = jobOf
      ? {
          item: item as Json,
          ...differences(base, index === 0 ? base : requireJob(jobOf(item, index)), index, resolveInputs),
        }
      : { item: item as Json };
    const text = itemText(line, index);
    chunk += `${text}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function itemText(line: ManifestLine, index: number): string {
  const problem = jsonProblem(line.item);
  if (problem === undefined) return JSON.stringify(line);
  throw new InvalidJobError('The array', [
    {
      field: `items.${index}`,
      message: `cannot be written as JSON (${problem}); tasks read their item from $SCIJOB_ITEM.`,
    },
  ]);
}

/** Fields that each item may have its own of. */
const VARYING = ['command', 'environment', 'inputs', 'tags', 'parameters'] as const;

function differences(
  base: AnyJob,
  job: AnyJob,
  index: number,
  resolveInputs: ResolveInputs,
): Omit<ManifestLine, 'item'> {
  if (job === base) return {};
  requireSameOtherwise(base, job, index);
  const from = base.spec as unknown as Record<string, unknown>;
  const to = job.spec as unknown as Record<string, unknown>;
  const line: Record<string, unknown> = {};
  if (!same(from['command'], to['command'])) line['command'] = to['command'];
  if (!same(from['parameters'], to['parameters'])) line['parameters'] = to['parameters'];
  for (const record of ['environment', 'tags'] as const) {
    if (!same(from[record], to[record])) line[record] = changedMembers(from[record], to[record]);
  }
  if (same(from['inputs'], to['inputs'])) return line;
  const changed = changedMembers(from['inputs'], to['inputs']);
  const inputs = resolveInputs(withoutRemovals(changed) as NonNullable<CommandJob['spec']['inputs']>, index);
  return { ...line, inputs: { ...onlyRemovals(changed), ...inputs } };
}

function requireSameOtherwise(base: AnyJob, job: AnyJob, index: number): void {
  const fields = new Set([...Object.keys(base.spec), ...Object.keys(job.spec)]);
  if (base.kind !== job.kind) fields.add('kind');
  for (const field of fields) {
    if ((VARYING as readonly string[]).includes(field)) continue;
    const [a, b] = [base, job].map((one) => (one.spec as unknown as Record<string, unknown>)[field]);
    if (base.kind === job.kind && (field === 'outputs' ? sameOutputs(a, b) : same(a, b))) continue;
    throw new InvalidJobError('The array', [
      {
        field,
        message:
          `differs between item 0 and item ${index}. The tasks of one array may differ in ${VARYING.join(', ')}; ` +
          'for anything else, map over each kind of item by itself.',
      },
    ]);
  }
}

/** Copies made by `with()` share what they did not change, so most comparisons end at once. */
function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function sameOutputs(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a ?? {}) === canonicalJson(b ?? {});
}

/** Members that differ; `null` for one that the item does not have. */
function changedMembers(from: unknown, to: unknown): Record<string, unknown> {
  const before = (from ?? {}) as Record<string, unknown>;
  const after = (to ?? {}) as Record<string, unknown>;
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(after)) if (!same(before[name], value)) changed[name] = value;
  for (const name of Object.keys(before)) if (!(name in after)) changed[name] = null;
  return changed;
}

function withoutRemovals(changed: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null));
}

function onlyRemovals(changed: Record<string, unknown>): Record<string, null> {
  return Object.fromEntries(
    Object.keys(changed)
      .filter((name) => changed[name] === null)
      .map((name) => [name, null]),
  );
}
