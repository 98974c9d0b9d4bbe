import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ManifestReader } from './manifest-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'scijob-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds lines by index, forwards and back, short and longer than it reads at once', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'é'.repeat(index * 10)}`);
  lines[400] = 'x'.repeat(700_000);
  const path = join(folder, 'manifest');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const reader = new ManifestReader(path);

  for (const index of [0, 1, 2, 250, 399, 400, 401, 499, 3, 498]) expect(reader.line(index)).toBe(lines[index]);
  expect(reader.line(500)).toBeUndefined();
  expect(reader.line(0)).toBe(lines[0]);
});

it('gives a last line without a line end, and of an empty file none', () => {
  writeFileSync(join(folder, 'one'), 'a\nb');
  writeFileSync(join(folder, 'none'), '');
  const reader = new ManifestReader(join(folder, 'one'));

  expect([reader.line(0), reader.line(1), reader.line(2)]).toEqual(['a', 'b', undefined]);
  expect(new ManifestReader(join(folder, 'none')).line(0)).toBeUndefined();
});
