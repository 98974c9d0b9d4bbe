import { type LedgerFiles, openIfThere, type ReadableLedgerFile } from './ledger-files.ts';
import type { RecordFrame, SegmentEntry } from './ledger-record.ts';
import { lineHash, lineStart } from './record-line.ts';
import type { SegmentHead } from './segment-head.ts';

export type SegmentHeader = SegmentEntry & RecordFrame;

export interface SegmentEnds {
  /** The first line; absent when it is not one of ours, or not whole. */
  readonly header?: SegmentHeader;
  /** Absent when there is no whole line, or the last one is not one of ours. */
  readonly head?: SegmentHead;
  /** Its session ended it itself: nothing follows. */
  readonly isClosed: boolean;
}

/** The `event` of the note that ends a segment. */
export const SEGMENT_CLOSED = 'segment-closed';

/** First and last line of a segment, without what is between. `undefined` when there is no such file. */
export async function readSegmentEnds(files: LedgerFiles, path: string): Promise<SegmentEnds | undefined> {
  const sizeBytes = await files.sizeBytes(path);
  const file = sizeBytes === undefined ? undefined : await openIfThere(files, path);
  if (sizeBytes === undefined || !file) return undefined;
  try {
    const first = await readLineFrom(file, 0);
    if (!first) return { isClosed: false };
    const header = parseHeader(first);
    const tail = await readTail(file, sizeBytes);
    const start = tail && lineStart(tail.line, 0, tail.line.length);
    if (!tail || !start) return { ...(header ? { header } : {}), isClosed: false };
    return {
      ...(header ? { header } : {}),
      head: {
        n: start.n,
        hash: lineHash(tail.line),
        sizeBytes: tail.offset + tail.line.length,
        ...(tail.tornBytes > 0 ? { tornBytes: tail.tornBytes } : {}),
      },
      isClosed: start.type === 'note' && parseLine(tail.line)?.['event'] === SEGMENT_CLOSED,
    };
  } finally {
    await file.close();
  }
}

/** The first line of a segment, when it is one. */
export function parseHeader(line: Buffer): SegmentHeader | undefined {
  const record = parseLine(line);
  if (record?.['type'] !== 'segment' || typeof record['session'] !== 'object' || typeof record['ledger'] !== 'string') {
    return undefined;
  }
  return record as unknown as SegmentHeader;
}

/** A line as an object, or `undefined` when it is none. */
export function parseLine(line: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The whole line that begins at `offset`; `undefined` when none does. */
export async function readLineFrom(file: ReadableLedgerFile, offset: number): Promise<Buffer | undefined> {
  for (let size = STEP_BYTES; ; size *= 4) {
    const { bytes, isEnd } = await readUpTo(file, offset, size);
    const end = bytes.indexOf(10);
    if (end !== -1) return bytes.subarray(0, end + 1);
    if (isEnd) return undefined;
  }
}

async function readTail(file: ReadableLedgerFile, sizeBytes: number) {
  for (let size = STEP_BYTES; ; size *= 4) {
    const offset = Math.max(0, sizeBytes - size);
    const { bytes } = await readUpTo(file, offset, sizeBytes - offset);
    const end = bytes.lastIndexOf(10);
    const before = end <= 0 ? -1 : bytes.lastIndexOf(10, end - 1);
    if (end !== -1 && (before !== -1 || offset === 0)) {
      const line = bytes.subarray(before + 1, end + 1);
      return { line, offset: offset + before + 1, tornBytes: bytes.length - end - 1 };
    }
    if (offset === 0) return undefined;
  }
}

async function readUpTo(file: ReadableLedgerFile, offset: number, size: number) {
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = await file.read(buffer, filled, offset + filled);
    if (count === 0) return { bytes: buffer.subarray(0, filled), isEnd: true };
    filled += count;
  }
  return { bytes: buffer, isEnd: false };
}

const STEP_BYTES = 8 * 1024;
