import assert from 'node:assert/strict';
import type { JobRef, LogPage, LogQuery } from '@scijob/core/adapter';
import type { Bench } from './bench.ts';

export type Line = LogPage['lines'][number];

export interface AllLogs {
  readonly lines: readonly Line[];
  /** Behind the last one. */
  readonly cursor: string;
  readonly pages: number;
}

/** Reads page after page to the end. For a job that has ended. */
export async function readAllLogs(
  bench: Bench,
  ref: JobRef,
  query: LogQuery = {},
  adapter = bench.adapter,
): Promise<AllLogs> {
  const { clock } = bench.time;
  const endMs = clock.monotonicMs() + bench.patienceSeconds * 1_000;
  const lines: Line[] = [];
  let next = query;
  for (let pages = 1; ; pages += 1) {
    const page = await adapter.readLogs(ref, next, bench.context());
    assert.equal(page.gap, undefined, `no line is lost here, but a gap was told: ${page.gap}`);
    lines.push(...page.lines);
    const { tailLines: _tail, ...rest } = next;
    const isSame = page.cursor === next.cursor;
    next = { ...rest, cursor: page.cursor };
    if (page.end) return { lines, cursor: page.cursor, pages };
    assert.ok(clock.monotonicMs() < endMs, `the logs of an ended job do not end: ${lines.length} lines so far`);
    if (page.lines.length === 0 && isSame) await bench.time.pass(bench.tickMs);
  }
}

export function texts(lines: readonly Line[]): readonly string[] {
  return lines.map(({ text }) => text);
}
