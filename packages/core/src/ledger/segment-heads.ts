import type { LedgerFiles } from './ledger-files.ts';
import { segmentNames, segmentPath } from './ledger-folder.ts';
import { readSegmentEnds } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import type { SessionIdentity } from './session-identity.ts';

export interface SeenSegment {
  readonly segment: string;
  readonly head: SegmentHead;
  readonly session?: SessionIdentity;
  /** Another segment's first line already says that it goes exactly this far. */
  readonly isRecorded: boolean;
}

/** How far each segment goes now. Reads its first and last line only. */
export async function readSegmentHeads(files: LedgerFiles, segmentsFolder: string): Promise<readonly SeenSegment[]> {
  const names = segmentNames(await files.list(segmentsFolder));
  const recorded = new Set<string>();
  const seen: Omit<SeenSegment, 'isRecorded'>[] = [];
  for (const segment of names) {
    const ends = await readSegmentEnds(files, segmentPath(segmentsFolder, segment));
    for (const [other, head] of Object.entries(ends?.header?.heads ?? {})) recorded.add(headText(other, head));
    if (!ends?.head) continue;
    seen.push({ segment, head: ends.head, ...(ends.header ? { session: ends.header.session } : {}) });
  }
  return seen.map((each) => ({ ...each, isRecorded: recorded.has(headText(each.segment, each.head)) }));
}

function headText(segment: string, { n, hash, tornBytes = 0 }: SegmentHead): string {
  return `${segment} ${n} ${hash} ${tornBytes}`;
}
