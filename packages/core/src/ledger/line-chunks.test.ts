import { expect, it } from 'vitest';
import { lineChunks } from './line-chunks.ts';
import { createMemoryLedgerFiles } from './memory-ledger-files.ts';

async function linesOf(text: string, from = 0) {
  const files = createMemoryLedgerFiles();
  await (await files.createFile('/f', 'segment')).write(Buffer.from(text), 0);
  const lines: string[] = [];
  const offsets: number[] = [];
  let tornBytes = 0;
  for await (const chunk of lineChunks(await files.openFile('/f'), from)) {
    let start = 0;
    for (const end of chunk.ends) {
      lines.push(chunk.buffer.toString('utf8', start, end));
      offsets.push(chunk.offset + start);
      start = end;
    }
    tornBytes = chunk.tornBytes;
  }
  return { lines, offsets, tornBytes };
}

it('gives every whole line with where it stands, however long, and counts what is behind the last', async () => {
  const long = `${'é'.repeat(700_000)}\n`;
  const text = `a\n\n${long}b\nrest`;
  const bytes = Buffer.byteLength(`a\n\n${long}`);
  expect(await linesOf(text)).toEqual({ lines: ['a\n', '\n', long, 'b\n'], offsets: [0, 2, 3, bytes], tornBytes: 4 });
  expect(await linesOf(text, 2)).toEqual({ lines: ['\n', long, 'b\n'], offsets: [2, 3, bytes], tornBytes: 4 });
  expect(await linesOf('')).toEqual({ lines: [], offsets: [], tornBytes: 0 });
  const short = 'x'.repeat(9);
  const many = `${short}\n`.repeat(100_000);
  expect((await linesOf(many)).lines.filter((line) => line === `${short}\n`)).toHaveLength(100_000);
});
