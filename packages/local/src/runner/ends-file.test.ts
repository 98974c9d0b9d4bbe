import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { appendEnds, readEnds, repairEnds } from './ends-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'scijob-ends-'));
afterAll(() => rmSync(folder, { recursive: true }));

function indicesIn(path: string): number[] {
  const indices: number[] = [];
  readEnds(path, (line) => indices.push(line.index));
  return indices;
}

it('reads what was appended, in pieces, and nothing where nothing is', () => {
  const path = join(folder, 'many');
  const lines = Array.from({ length: 30_000 }, (_, index) => ({ index, state: 'succeeded' as const, at: 1 }));
  for (let at = 0; at < lines.length; at += 1_000) appendEnds(path, lines.slice(at, at + 1_000));

  expect(indicesIn(path)).toEqual(lines.map(({ index }) => index));
  expect(indicesIn(join(folder, 'none'))).toEqual([]);
});

it('ends a line that a crash cut short, so that the next one is whole', () => {
  const path = join(folder, 'torn');
  appendEnds(path, [{ index: 0, state: 'succeeded', at: 1 }]);
  appendFileSync(path, '{"index":1,"state":"succ');

  repairEnds(path);
  appendEnds(path, [{ index: 1, state: 'failed', at: 2 }]);

  expect(indicesIn(path)).toEqual([0, 1]);
});

it('leaves a whole file as it is', () => {
  const path = join(folder, 'whole');
  writeFileSync(path, '{}\n');
  repairEnds(path);
  writeFileSync(join(folder, 'empty'), '');
  repairEnds(join(folder, 'empty'));

  expect(readFileSync(path, 'utf8')).toBe('{}\n');
  expect(readFileSync(join(folder, 'empty'), 'utf8')).toBe('');
});
