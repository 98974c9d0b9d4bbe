import { userInfo } from 'node:os';
import type { Clock } from '../seam/clock.ts';
import type { FailedSegment } from './group-commit.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { type LedgerFolder, segmentName, segmentPath } from './ledger-folder.ts';
import { LEDGER_SCHEMA, type NoteEntry, type SegmentEntry } from './ledger-record.ts';
import { entryText } from './record-line.ts';
import type { SegmentHead } from './segment-head.ts';
import { readSegmentHeads, type SeenSegment } from './segment-heads.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { SessionIdentity } from './session-identity.ts';
import type { SessionWatch } from './session-watch.ts';

export interface SessionSegmentsOptions {
  readonly files: LedgerFiles;
  readonly folder: LedgerFolder;
  readonly ledgerId: string;
  readonly session: SessionIdentity;
  readonly watch: SessionWatch;
  readonly clock: Clock;
}

/** Begins the segments of one session: the first at its first record, another after each failure. */
export class SessionSegments {
  readonly #options: SessionSegmentsOptions;
  #number = 0;

  constructor(options: SessionSegmentsOptions) {
    this.#options = options;
  }

  async begin(failed: FailedSegment | undefined): Promise<SegmentWriter> {
    const { files, folder, session } = this.#options;
    await files.createFolder(folder.segments, 'segment');
    const seen = (await readSegmentHeads(files, folder.segments, failed)).filter(({ isRecorded }) => !isRecorded);
    this.#number += 1;
    const segment = segmentName(session.id, this.#number);
    const path = segmentPath(folder.segments, segment);
    const file = await files.createFile(path, 'segment');
    const writer = new SegmentWriter(segment, path, file);
    const at = this.#options.clock.now().toISOString();
    const drafts = [this.#firstLine(segment, seen, failed), ...(await this.#tornTails(seen))];
    try {
      await writer.commit(drafts.map((entry) => ({ text: entryText(entry), at })));
      await files.syncFolder(folder.segments, 'segment');
      return writer;
    } catch (error) {
      await writer.close().catch(() => {});
      // Nobody has recorded anything in it. On a full disk, each try would leave one behind.
      await files.remove(path, 'segment').catch(() => {});
      throw error;
    }
  }

  #firstLine(segment: string, seen: readonly SeenSegment[], failed: FailedSegment | undefined): SegmentEntry {
    const heads: Record<string, SegmentHead> = {};
    for (const each of seen) heads[each.segment] = each.head;
    return {
      type: 'segment',
      schema: LEDGER_SCHEMA,
      ledger: this.#options.ledgerId,
      segment,
      session: this.#options.session,
      user: loginName(),
      heads,
      ...(failed ? { follows: { segment: failed.segment, error: String(failed.cause) } } : {}),
    };
  }

  /** A torn last line is left as it is: it was never confirmed to anybody. That it was seen is kept. */
  async #tornTails(seen: readonly SeenSegment[]): Promise<readonly NoteEntry[]> {
    const notes: NoteEntry[] = [];
    for (const { segment, head, session } of seen) {
      // What a living session is just writing is no torn tail.
      if (head.tornBytes === undefined || !session) continue;
      const isOwn = session.id === this.#options.session.id;
      if (!isOwn && (await this.#options.watch.state(session)) === 'alive') continue;
      notes.push({
        type: 'note',
        event: TORN_TAIL,
        message: `Segment ${segment} ends in ${head.tornBytes} bytes that are no whole record; they are left out.`,
        // Not `segment`: in what is read back, that is where the note itself stands.
        tornSegment: segment,
        offset: head.sizeBytes,
        tornBytes: head.tornBytes,
      });
    }
    return notes;
  }
}

/** The `event` of the note about a segment whose session died, or whose disk failed, in the middle of a line. */
const TORN_TAIL = 'torn-tail';

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
