import { SEGMENTS_ARCHIVED } from './archive-segments.ts';
import type { LedgerFiles } from './ledger-files.ts';
import type { LedgerFinding } from './ledger-finding.ts';
import { lineChunks } from './line-chunks.ts';
import { lineHash, NO_HASH } from './record-line.ts';
import type { SegmentHead } from './segment-head.ts';

/** A head of a segment, and who recorded it. */
export interface ExpectedHead {
  readonly head: SegmentHead;
  readonly by: string;
}

export interface VerifiedSegment {
  readonly segment: string;
  readonly records: number;
  /** Its last record; absent when it has none. */
  readonly head?: SegmentHead;
  /** Number of the newest record whose hash somebody else recorded too; absent when nobody did. */
  readonly knownTo?: number;
  /** Bytes behind the last whole line: what was being written when its session died. No damage. */
  readonly tornBytes: number;
}

export interface VerifySegmentOptions {
  readonly files: LedgerFiles;
  readonly path: string;
  readonly name: string;
  readonly ledger: string;
  readonly expected: readonly ExpectedHead[];
  readonly onFinding: (finding: LedgerFinding) => void;
  readonly onArchived: (segment: string, head: SegmentHead) => void;
  readonly onPayload: (sha256: string) => void;
  readonly afterChunk: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Follows the chain of one segment from its first line to its last. */
export async function verifySegment(options: VerifySegmentOptions): Promise<VerifiedSegment> {
  const { files, path, name, expected, onFinding, signal } = options;
  const heads = new Map<number, ExpectedHead[]>();
  for (const each of expected) heads.set(each.head.n, [...(heads.get(each.head.n) ?? []), each]);
  let n = 0;
  let hash = NO_HASH;
  let sizeBytes = 0;
  let tornBytes = 0;
  let knownTo: number | undefined;
  const file = await files.openFile(path);
  try {
    for await (const chunk of lineChunks(file, 0, signal)) {
      let start = 0;
      for (const end of chunk.ends) {
        const line = chunk.buffer.subarray(start, end);
        start = end;
        const problem = checkLine(line, n, hash, options);
        if (problem) onFinding({ ...problem, path, n });
        hash = lineHash(line);
        for (const { head, by } of heads.get(n) ?? []) {
          if (head.hash === hash) knownTo = n;
          else
            onFinding({ type: 'head-differs', path, n, message: `Record ${n} is not the one that ${by} saw there.` });
        }
        n += 1;
      }
      sizeBytes = chunk.offset + start;
      tornBytes = chunk.tornBytes;
      await options.afterChunk();
    }
  } finally {
    await file.close();
  }
  for (const { head, by } of expected) {
    if (head.n < n) continue;
    onFinding({
      type: 'head-differs',
      path,
      n: head.n,
      message: `The segment ends after ${n} records, but ${by} saw record ${head.n}: its end was cut off.`,
    });
  }
  return {
    segment: name,
    records: n,
    ...(n === 0 ? {} : { head: { n: n - 1, hash, sizeBytes } }),
    ...(knownTo === undefined ? {} : { knownTo }),
    tornBytes,
  };
}

type Problem = Pick<LedgerFinding, 'type' | 'message'>;

function checkLine(line: Buffer, n: number, hash: string, options: VerifySegmentOptions): Problem | undefined {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line.toString()) as Record<string, unknown>;
  } catch {
    return { type: 'unreadable', message: `Line ${n + 1} is no record.` };
  }
  if (record['prev'] !== hash) {
    return {
      type: 'broken-chain',
      message: `Line ${n + 1} does not follow the line before it: one of them was changed, removed, inserted or moved.`,
    };
  }
  if (record['n'] !== n) {
    return { type: 'wrong-number', message: `Line ${n + 1} has the number ${String(record['n'])} instead of ${n}.` };
  }
  if (
    n === 0 &&
    (record['type'] !== 'segment' || record['ledger'] !== options.ledger || record['segment'] !== options.name)
  ) {
    return {
      type: 'foreign-segment',
      message: `The first line is not that of segment ${options.name} of ledger ${options.ledger}.`,
    };
  }
  if (record['type'] === 'intent') {
    if (typeof record['payload'] === 'string') options.onPayload(record['payload']);
    if (typeof record['manifest'] === 'string') options.onPayload(record['manifest']);
  } else if (record['type'] === 'note' && record['event'] === SEGMENTS_ARCHIVED) {
    const archived = record['heads'] as Readonly<Record<string, SegmentHead>>;
    for (const [segment, head] of Object.entries(archived)) options.onArchived(segment, head);
  }
  return undefined;
}
