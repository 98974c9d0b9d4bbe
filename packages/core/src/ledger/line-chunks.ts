import type { ReadableLedgerFile } from './ledger-files.ts';

/** Some whole lines of a file, one behind the other. */
export interface LineChunk {
  /** Used again for the next chunk: copy what is kept. */
  readonly buffer: Buffer;
  /** Where the first byte of the buffer, and of the first line, stands in the file. */
  readonly offset: number;
  /** Where each line ends in the buffer, its line end included; the next begins there. */
  readonly ends: readonly number[];
  /** Bytes of a line that is not whole yet; behind the last chunk, of one that never will be. */
  readonly tornBytes: number;
}

/** Reads the lines of a file from `offset` to its end. Memory holds one chunk, or the longest line. */
export async function* lineChunks(
  file: ReadableLedgerFile,
  offset = 0,
  signal?: AbortSignal,
): AsyncGenerator<LineChunk, void, void> {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let base = offset;
  while (true) {
    signal?.throwIfAborted();
    const count = await file.read(buffer, filled, base + filled);
    if (count === 0) return;
    const ends: number[] = [];
    // What was carried over holds no line end.
    let end = filled;
    filled += count;
    const bytes = buffer.subarray(0, filled);
    for (end = bytes.indexOf(LINE_END, end); end !== -1; end = bytes.indexOf(LINE_END, end + 1)) ends.push(end + 1);
    const rest = filled - (ends.at(-1) ?? 0);
    yield { buffer, offset: base, ends, tornBytes: rest };
    buffer.copyWithin(0, filled - rest, filled);
    base += filled - rest;
    filled = rest;
    if (filled === buffer.length) {
      const larger = Buffer.allocUnsafe(buffer.length * 2);
      buffer.copy(larger);
      buffer = larger;
    }
  }
}

const CHUNK_BYTES = 256 * 1024;
const LINE_END = 10;
