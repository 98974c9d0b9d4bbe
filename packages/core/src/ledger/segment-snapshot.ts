import { join } from 'node:path';
import { sha256 } from '../util/sha256.ts';
import type { LedgerFiles } from './ledger-files.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import type { IndexEntry } from './record-index.ts';
import { lineHash } from './record-line.ts';
import { temporaryName } from './temporary-name.ts';
import { readWholeFile } from './write-whole-file.ts';

/** How far a snapshot covers its segment: up to and with one line, named by where it stands and its hash. */
export interface SnapshotEnd {
  readonly sizeBytes: number;
  readonly headOffset: number;
  readonly headHash: string;
}

/**
 * A cache of what a segment's index looks like, so that a large ledger need not be read again. Never believed blindly: its own
 * checksum must fit, and the segment must hold, at that very place, the line with that hash; each record found through it is read
 * from the segment and has to be of the key that was asked for. Against somebody who forges files in this folder on purpose it is
 * no proof; `verifyLedger` reads no snapshot. May be deleted at any time.
 */
export async function readSnapshot(
  files: LedgerFiles,
  folder: LedgerFolder,
  ledgerId: string,
  segment: string,
  segmentPath: string,
): Promise<{ readonly end: SnapshotEnd; readonly entries: Iterable<Omit<IndexEntry, 'segment'>> } | undefined> {
  try {
    const content = await readWholeFile(files, join(folder.snapshots, segment));
    const lineEnd = content.indexOf(10);
    const header = JSON.parse(content.toString('utf8', 0, lineEnd)) as SnapshotHeader;
    const body = content.subarray(lineEnd + 1);
    if (header.schema !== SCHEMA || header.ledger !== ledgerId || header.segment !== segment) return undefined;
    if (body.length !== header.count * ENTRY_BYTES || sha256(body) !== header.sha256) return undefined;
    const length = header.end.sizeBytes - header.end.headOffset;
    const line = Buffer.alloc(length);
    const file = await files.openFile(segmentPath);
    try {
      if ((await file.read(line, 0, header.end.headOffset)) !== length) return undefined;
    } finally {
      await file.close();
    }
    return lineHash(line) === header.end.headHash ? { end: header.end, entries: decode(body) } : undefined;
  } catch {
    // Not there, or not a snapshot: the segment itself has everything.
    return undefined;
  }
}

export async function writeSnapshot(
  files: LedgerFiles,
  folder: LedgerFolder,
  ledgerId: string,
  segment: string,
  end: SnapshotEnd,
  entries: readonly IndexEntry[],
): Promise<void> {
  const body = encode(entries);
  const header: SnapshotHeader = {
    schema: SCHEMA,
    ledger: ledgerId,
    segment,
    end,
    count: entries.length,
    sha256: sha256(body),
  };
  await files.createFolder(folder.snapshots, 'snapshot');
  const temporary = temporaryName(folder.snapshots);
  const file = await files.createFile(temporary, 'snapshot');
  try {
    await file.write(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]), 0);
  } finally {
    await file.close();
  }
  // No sync: a snapshot torn by a power cut does not have its checksum.
  await files.rename(temporary, join(folder.snapshots, segment), 'snapshot');
}

interface SnapshotHeader {
  readonly schema: number;
  readonly ledger: string;
  readonly segment: string;
  readonly end: SnapshotEnd;
  readonly count: number;
  readonly sha256: string;
}

const SCHEMA = 1;
const ENTRY_BYTES = 40;

function encode(entries: readonly IndexEntry[]): Buffer {
  const body = Buffer.alloc(entries.length * ENTRY_BYTES);
  let at = 0;
  for (const { hash, offset, atMs, n, length, isIntent } of entries) {
    body.writeDoubleLE(hash, at);
    body.writeDoubleLE(offset, at + 8);
    body.writeDoubleLE(atMs, at + 16);
    body.writeUInt32LE(n, at + 24);
    body.writeUInt32LE(length, at + 28);
    body.writeUInt32LE(isIntent ? 1 : 0, at + 32);
    at += ENTRY_BYTES;
  }
  return body;
}

function* decode(body: Buffer): Generator<Omit<IndexEntry, 'segment'>> {
  for (let at = 0; at < body.length; at += ENTRY_BYTES) {
    yield {
      hash: body.readDoubleLE(at),
      offset: body.readDoubleLE(at + 8),
      atMs: body.readDoubleLE(at + 16),
      n: body.readUInt32LE(at + 24),
      length: body.readUInt32LE(at + 28),
      isIntent: body.readUInt32LE(at + 32) === 1,
    };
  }
}
