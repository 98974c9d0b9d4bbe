import { join } from 'node:path';
import type { JobHistory } from './job-history.ts';
import type { ArchiveResult } from './ledger.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { compareSegmentNames, type LedgerFolder, segmentNames, segmentPath } from './ledger-folder.ts';
import type { LedgerReader } from './ledger-reader.ts';
import type { NoteEntry } from './ledger-record.ts';
import { hashFile } from './payload-store.ts';
import { readSegmentEnds } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import type { SessionWatch } from './session-watch.ts';
import { temporaryName } from './temporary-name.ts';

/** The `event` of the note that says which segments were moved where. */
export const SEGMENTS_ARCHIVED = 'segments-archived';

export interface ArchiveOptions {
  readonly files: LedgerFiles;
  readonly folder: LedgerFolder;
  readonly to: string;
  readonly watch: SessionWatch;
  readonly reader: LedgerReader;
  readonly ownSession: string;
  readonly record: (note: NoteEntry) => Promise<unknown>;
}

/** Moves segments that can no longer change, and that nobody needs to act, out of the ledger. */
export async function archiveSegments(options: ArchiveOptions): Promise<ArchiveResult> {
  const { files, folder, to, record } = options;
  const heads: Record<string, SegmentHead> = {};
  const kept: { segment: string; why: ArchiveResult['kept'][number]['why'] }[] = [];
  for (const segment of segmentNames(await files.list(folder.segments))) {
    const ends = await readSegmentEnds(files, segmentPath(folder.segments, segment));
    if (!ends?.head) continue;
    const why = await whyKept(segment, ends.header?.session, options);
    if (why) kept.push({ segment, why });
    else heads[segment] = ends.head;
  }
  const archived = Object.keys(heads).sort(compareSegmentNames);
  if (archived.length === 0) return { archived, kept };
  await files.createFolder(to, 'archive');
  for (const segment of archived) await copySegment(files, segmentPath(folder.segments, segment), to, segment);
  // Before anything disappears: a segment that is gone without this note looks like one that was taken away.
  await record({
    type: 'note',
    event: SEGMENTS_ARCHIVED,
    message: `${archived.length} segments were moved to ${to}.`,
    to,
    heads: Object.fromEntries(Object.entries(heads).map(([segment, head]) => [segment, { ...head }])),
  });
  for (const segment of archived) {
    await files.remove(segmentPath(folder.segments, segment), 'segment');
    await files.remove(join(folder.snapshots, segment), 'snapshot');
  }
  await files.syncFolder(folder.segments, 'segment');
  return { archived, kept };
}

async function whyKept(
  segment: string,
  session: Parameters<SessionWatch['state']>[0] | undefined,
  { watch, reader, ownSession }: ArchiveOptions,
): Promise<ArchiveResult['kept'][number]['why'] | undefined> {
  if (!session) return 'session-unknown';
  if (session.id === ownSession) return 'session-alive';
  const state = await watch.state(session);
  if (state === 'alive') return 'session-alive';
  if (state === 'unknown') return 'session-unknown';
  for (const key of await reader.keysIn(segment)) {
    const job = await reader.readJob(key);
    if (job && !isSettled(job)) return 'unfinished-jobs';
  }
  return undefined;
}

/** Ended, or never came to be: no part of the newest submission exists. */
function isSettled({ end, intents, outcomes }: JobHistory): boolean {
  if (end) return end.status.state !== 'lost';
  const newest = intents.at(-1);
  return (newest?.parts ?? []).every(({ part }) =>
    outcomes.some(
      (outcome) =>
        outcome.submission === newest?.submission &&
        outcome.part === part &&
        (outcome.outcome === 'refused' || outcome.outcome === 'absent'),
    ),
  );
}

async function copySegment(files: LedgerFiles, from: string, to: string, segment: string): Promise<void> {
  const temporary = temporaryName(to);
  const source = await files.openFile(from);
  try {
    const target = await files.createFile(temporary, 'archive');
    try {
      const buffer = Buffer.allocUnsafe(256 * 1024);
      for (let position = 0; ; ) {
        const count = await source.read(buffer, 0, position);
        if (count === 0) break;
        await target.write(buffer.subarray(0, count), position);
        position += count;
      }
      await target.sync();
    } finally {
      await target.close();
    }
    if ((await hashFile(files, temporary)) !== (await hashFile(files, from))) {
      throw new Error(
        `The copy of ledger segment ${segment} in ${JSON.stringify(to)} is not equal to it; nothing was moved.`,
      );
    }
    await files.rename(temporary, segmentPath(to, segment), 'archive');
    await files.syncFolder(to, 'archive');
  } finally {
    await source.close();
    await files.remove(temporary, 'archive').catch(() => {});
  }
}
