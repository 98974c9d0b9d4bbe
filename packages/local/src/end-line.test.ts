import { expect, it } from 'vitest';
import { parseEndLines, toEndLine, toFinalStatus, toUsage } from './end-line.ts';

const at = new Date(1_000);

it('keeps all of a status', () => {
  const status = { state: 'failed', attempt: '2.3', at, reason: 'exit-nonzero', exitCode: 3, message: 'no' } as const;
  const line = toEndLine(4, status, { wallSeconds: 2 });

  expect(toFinalStatus(JSON.parse(JSON.stringify(line)), 2)).toEqual(status);
  expect(toUsage(line, { cpus: 1 })).toEqual({ wallSeconds: 2, requested: { cpus: 1 }, quality: 'partial' });
});

it('reads whole lines only, passes by one that a crash cut short, and says where each ends', () => {
  const first = JSON.stringify({ index: 0, state: 'succeeded', at: 1 });
  const second = JSON.stringify({ index: 1, state: 'failed', at: 1, message: 'é' });
  const text = `${first}\n{"index":9,"sta\n${second}\n{"index":2`;

  const { lines, readBytes } = parseEndLines(new TextEncoder().encode(text));

  expect(lines.map(({ line }) => line.index)).toEqual([0, 1]);
  expect(lines[0]?.endBytes).toBe(first.length + 1);
  expect(readBytes).toBe(Buffer.byteLength(text) - '{"index":2'.length);
});
