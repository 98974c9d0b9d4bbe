import assert from 'node:assert/strict';
import type { ChildObservation, ChildQuery, JobRef, ManifestLine } from '@scijob/core/adapter';
import type { Task } from '../does.ts';
import type { Bench } from './bench.ts';

/** So many items, each only with its number. */
export function items(count: number, line: (index: number) => Omit<ManifestLine, 'item'> = () => ({})): ManifestLine[] {
  return Array.from({ length: count }, (_, index) => ({ item: index, ...line(index) }));
}

/** Each task prints its index. */
export function printsIndex(bench: Bench, changes: Omit<Partial<Task>, 'command' | 'does'> = {}): Task {
  return {
    command: bench.shell('echo "task $SCIJOB_INDEX"'),
    does: (index) => ({ stdout: `task ${index}\n` }),
    ...changes,
  };
}

/** Each task ends with the code of its index. */
export function exitsByIndex(bench: Bench, codes: readonly number[]): Task {
  const cases = codes.map((code, index) => `${index}) exit ${code} ;;`).join(' ');
  return {
    command: bench.shell(`case "$SCIJOB_INDEX" in ${cases} esac`),
    does: (index) => ({ exitCode: codes[index] ?? 0 }),
  };
}

/** Reads page after page to the end. For an array that has ended. */
export async function listAllChildren(
  bench: Bench,
  ref: JobRef,
  query: ChildQuery = {},
  adapter = bench.adapter,
): Promise<readonly ChildObservation[]> {
  const { clock } = bench.time;
  const endMs = clock.monotonicMs() + bench.patienceSeconds * 1_000;
  const found: ChildObservation[] = [];
  let next = query;
  for (;;) {
    const page = await adapter.listChildren(ref, next, bench.context());
    found.push(...page.items);
    if (page.end) return found;
    assert.ok(clock.monotonicMs() < endMs, `the children of an ended array do not end: ${found.length} so far`);
    if (page.items.length === 0) await bench.time.pass(bench.tickMs);
    next = { ...next, ...(page.cursor !== undefined && { cursor: page.cursor }) };
  }
}

/** Which children, in the order of their numbers. */
export function numbers(children: readonly ChildObservation[]): readonly (number | string)[] {
  return children.map(({ child }) => child).sort((a, b) => Number(a) - Number(b));
}
