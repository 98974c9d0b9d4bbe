import type { RecordPosition } from './ledger.ts';
import { LedgerClosedError } from './ledger-closed-error.ts';
import { LedgerWriteError } from './ledger-write-error.ts';
import type { SegmentHead } from './segment-head.ts';
import type { RecordDraft, SegmentWriter } from './segment-writer.ts';

export interface FailedSegment {
  readonly segment: string;
  readonly cause: unknown;
  /** How far it was confirmed to go before; absent when nothing in it was. */
  readonly head?: SegmentHead;
}

interface WaitingDraft extends RecordDraft {
  readonly resolve: (position: RecordPosition) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what waits into one write and one sync: while a sync is under way, the next records gather.
 *
 * After a failed write or sync nobody knows which bytes are on the disk, and Linux forgets the failure once it was told: a second
 * sync would succeed over lost data. So the segment is closed for good, and its unconfirmed records go once more into a new one.
 * They may then stand in both. That is safe for each type: every record states a fact and carries its own identity (key,
 * submission, part, attempt, duty), nothing counts records, and the join takes equal ones as one; `again` tells a reader of the
 * raw records. Only when the new segment fails too are the waiting appends rejected.
 */
export class GroupCommit {
  readonly #openSegment: (failed: FailedSegment | undefined) => Promise<SegmentWriter>;
  readonly #folder: string;
  #writer: SegmentWriter | undefined;
  #failed: FailedSegment | undefined;
  #waiting: WaitingDraft[] = [];
  #running: Promise<void> | undefined;
  #opening: Promise<SegmentWriter> | undefined;
  #isClosed = false;

  constructor(folder: string, openSegment: (failed: FailedSegment | undefined) => Promise<SegmentWriter>) {
    this.#folder = folder;
    this.#openSegment = openSegment;
  }

  append(draft: RecordDraft): Promise<RecordPosition> {
    if (this.#isClosed) {
      return Promise.reject(new LedgerClosedError('The ledger is closed: nothing more can be recorded with it.'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<RecordPosition>();
    this.#waiting.push({ ...draft, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Where the next record will stand, or behind it. Begins the segment. */
  async next(): Promise<{ readonly segment: string; readonly n: number }> {
    if (this.#isClosed) throw new LedgerClosedError('The ledger is closed: nothing can be claimed with it.');
    try {
      const { segment, n } = await this.#current();
      return { segment, n };
    } catch (cause) {
      throw new LedgerWriteError(this.#folder, cause);
    }
  }

  /** Waits while what ends at this byte of our own segment is written and not yet confirmed. */
  async confirmed(segment: string, end: number): Promise<void> {
    const writer = this.#writer;
    if (writer?.segment === segment && end > (writer.head?.sizeBytes ?? 0)) await this.#running;
  }

  /** Confirms what waits and `last`, when a segment was begun at all; then takes nothing more. */
  async close(last: RecordDraft): Promise<void> {
    if (!this.#isClosed && (this.#writer || this.#running)) this.append(last).catch(() => {});
    this.#isClosed = true;
    await this.#running;
    // A claim may have been about to begin the segment.
    await this.#opening?.catch(() => {});
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  async #run(): Promise<void> {
    // Whatever is appended in the same turn of the loop goes into the same write.
    await null;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.length > BATCH_RECORDS ? this.#waiting.splice(0, BATCH_RECORDS) : this.#waiting;
      if (batch === this.#waiting) this.#waiting = [];
      await this.#commit(batch);
    }
    this.#running = undefined;
  }

  async #commit(batch: readonly WaitingDraft[]): Promise<void> {
    let drafts: readonly RecordDraft[] = batch;
    let path = this.#folder;
    let cause: unknown;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      let writer: SegmentWriter;
      try {
        writer = await this.#current();
      } catch (error) {
        cause = error;
        break;
      }
      const first = writer.n;
      try {
        const positions = await writer.commit(drafts);
        for (const [index, position] of positions.entries()) batch[index]?.resolve(position);
        return;
      } catch (error) {
        cause = error;
        path = writer.path;
        this.#failed = { segment: writer.segment, cause: error, ...(writer.head ? { head: writer.head } : {}) };
        this.#writer = undefined;
        await writer.close().catch(() => {});
        drafts = batch.map((draft, index) => ({
          text: draft.text,
          at: draft.at,
          again: { segment: writer.segment, n: first + index },
        }));
      }
    }
    for (const { reject } of batch) reject(new LedgerWriteError(path, cause));
  }

  async #current(): Promise<SegmentWriter> {
    if (this.#writer) return this.#writer;
    this.#opening ??= this.#openSegment(this.#failed)
      .then((writer) => {
        this.#writer = writer;
        return writer;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }
}

/** So that one turn of the loop stays short, and what one failure makes uncertain stays small. */
const BATCH_RECORDS = 1_024;
