import type { FailedSegment } from './group-commit.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { segmentNames, segmentPath } from './ledger-folder.ts';
import { readSegmentEnds, type SegmentEnds } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import type { SessionIdentity } from './session-identity.ts';

export interface SeenSegment {
  readonly segment: string;
  readonly head: SegmentHead;
  readonly session?: SessionIdentity;
  /** Another segment's first line already says that it goes exactly this far. */
  readonly isRecorded: boolean;
}

/**
 * How far each segment goes now, durably: of a head that is recorded anywhere, a power cut would make an end that was cut off.
 * Reads first and last lines only. `failed` is one of this session that nobody follows yet.
 */
export async function readSegmentHeads(
  files: LedgerFiles,
  segmentsFolder: string,
  failed?: FailedSegment,
): Promise<readonly SeenSegment[]> {
  const recorded = new Set<string>();
  // What stands behind the last confirmed line of a segment whose disk failed may be gone, whatever a second sync says.
  const givenUp = new Map<string, SegmentHead | undefined>();
  const all: { readonly segment: string; readonly ends: SegmentEnds }[] = [];
  for (const segment of segmentNames(await files.list(segmentsFolder))) {
    const ends = await readSegmentEnds(files, segmentPath(segmentsFolder, segment));
    const { heads = {}, follows } = ends?.header ?? {};
    for (const [other, head] of Object.entries(heads)) recorded.add(headText(other, head));
    if (follows) givenUp.set(follows.segment, heads[follows.segment]);
    if (ends) all.push({ segment, ends });
  }
  const seen: SeenSegment[] = [];
  const add = (segment: string, { header }: SegmentEnds, head: SegmentHead, isRecorded: boolean) =>
    seen.push({ segment, head, isRecorded, ...(header ? { session: header.session } : {}) });
  for (const { segment, ends } of all) {
    if (!ends.head) continue;
    const { tornBytes } = ends.head;
    if (segment === failed?.segment) {
      if (failed.head) add(segment, ends, { ...failed.head, ...(tornBytes ? { tornBytes } : {}) }, false);
    } else if (givenUp.has(segment)) {
      const head = givenUp.get(segment);
      if (head) add(segment, ends, head, true);
    } else {
      const isRecorded = recorded.has(headText(segment, ends.head));
      // Whoever recorded it made it durable before.
      const isDurable = isRecorded || (await isSynced(files, segmentPath(segmentsFolder, segment)));
      if (isDurable) add(segment, ends, ends.head, isRecorded);
    }
  }
  if (seen.some(({ isRecorded }) => !isRecorded)) await files.syncFolder(segmentsFolder, 'segment');
  return seen;
}

/** Its session may not have come to it yet, or died before. What cannot be made durable is not vouched for. */
async function isSynced(files: LedgerFiles, path: string): Promise<boolean> {
  try {
    await files.syncFile(path, 'segment');
    return true;
  } catch {
    return false;
  }
}

function headText(segment: string, { n, hash, tornBytes = 0 }: SegmentHead): string {
  return `${segment} ${n} ${hash} ${tornBytes}`;
}
