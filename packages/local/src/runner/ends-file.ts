import { appendFileSync, closeSync, fdatasyncSync, fstatSync, openSync, readSync } from 'node:fs';
import { type EndLine, parseEndLines } from '../end-line.ts';

const CHUNK_BYTES = 1 << 20;
const LINE_END = 10;

/**
 * Hands every line written so far, from `offset` on, to `each`, with a bounded part of the file in memory. Returns where
 * the next one begins.
 */
export function readEnds(path: string, each: (line: EndLine) => void, offset = 0): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return offset;
    throw error;
  }
  try {
    let size = CHUNK_BYTES;
    for (let at = offset; ; ) {
      const chunk = Buffer.allocUnsafe(size);
      const read = readSync(file, chunk, 0, size, at);
      const { lines, readBytes } = parseEndLines(chunk.subarray(0, read));
      for (const { line } of lines) each(line);
      at += readBytes;
      if (read < size) return at;
      // Not one line end in all of it: a longer piece is needed.
      if (readBytes === 0) size *= 2;
    }
  } finally {
    closeSync(file);
  }
}

/** Ends a line that a crash cut short, so that the next one stands by itself. */
export function repairEnds(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  const last = Buffer.alloc(1);
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    readSync(file, last, 0, 1, size - 1);
  } finally {
    closeSync(file);
  }
  if (last[0] !== LINE_END) appendFileSync(path, '\n');
}

export function appendEnds(path: string, lines: readonly EndLine[]): void {
  appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
}

/** Once a part, before it is marked as ended: after a loss of power no mark may stand without the lines it stands for. */
export function syncEnds(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
