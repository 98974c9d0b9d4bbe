import { hasCode } from './ledger-files.ts';
import { segmentPath } from './ledger-folder.ts';
import type { LedgerReaderOptions } from './ledger-reader.ts';
import { LEDGER_SCHEMA } from './ledger-record.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { lineChunks } from './line-chunks.ts';
import { keyHash, type RecordIndex } from './record-index.ts';
import { keyText, lineHash, lineStart } from './record-line.ts';
import { parseHeader, parseLine, readLineFrom, SEGMENT_CLOSED, type SegmentHeader } from './segment-ends.ts';
import { readSnapshot, writeSnapshot } from './segment-snapshot.ts';

/** Takes the records of one segment into the index, as far as it goes, again and again while it grows. */
export class SegmentIndexer {
  readonly name: string;
  readonly #number: number;
  readonly #index: RecordIndex;
  readonly #options: LedgerReaderOptions;
  readonly #path: string;
  header: SegmentHeader | undefined;
  /** Nothing will ever be added. */
  isSealed = false;
  /** Up to here it is in the index, and this is where the last line taken in begins. */
  #offset = 0;
  #lastLine = 0;
  /** Up to here a power cut takes nothing away, for all we know. */
  #durableTo = 0;
  #sinceSnapshot = 0;
  #wasRead = false;
  #wasDamageSaid = false;

  constructor(name: string, number: number, index: RecordIndex, options: LedgerReaderOptions) {
    this.name = name;
    this.#number = number;
    this.#index = index;
    this.#options = options;
    this.#path = segmentPath(options.folder.segments, name);
  }

  async takeIn(): Promise<void> {
    const { files, watch } = this.#options;
    const size = await files.sizeBytes(this.#path);
    if (size === undefined || (size === this.#offset && !this.header)) return;
    try {
      if (!this.header) await this.#begin();
      if (!this.header) return;
      // Asked first: what a session wrote before it was found gone is read below.
      const isGone = await watch.isGoneHere(this.header.session);
      const isClosed = (size > this.#offset || !this.#wasRead) && (await this.#readOn());
      this.#wasRead = true;
      this.isSealed = isClosed || isGone;
      if (this.isSealed || !(await watch.isAliveHere(this.header.session))) await this.#keepSnapshot();
    } catch (error) {
      // Archived between the listing and now.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }

  async #begin(): Promise<void> {
    const { files, folder, ledgerId } = this.#options;
    const file = await files.openFile(this.#path);
    try {
      const line = await readLineFrom(file, 0);
      if (!line) return;
      this.header = parseHeader(line);
    } finally {
      await file.close();
    }
    if (!this.header) return this.sayDamage(0);
    if (this.header.schema > LEDGER_SCHEMA) {
      throw new LedgerUnavailableError(
        folder.root,
        `its segment ${this.name} was written by a newer version of scijob (schema ${this.header.schema}, this one reads up to ${LEDGER_SCHEMA}); update this installation`,
      );
    }
    const snapshot = await readSnapshot(files, folder, ledgerId, this.name, this.#path);
    if (!snapshot) return;
    for (const entry of snapshot.entries) this.#index.add({ ...entry, segment: this.#number });
    this.#offset = snapshot.end.sizeBytes;
    this.#lastLine = snapshot.end.headOffset;
  }

  /** Whether the session ended the segment itself. */
  async #readOn(): Promise<boolean> {
    const file = await this.#options.files.openFile(this.#path);
    let isClosed = false;
    try {
      // The last line known is read once more: it may say that the segment is closed.
      for await (const { buffer, offset, ends } of lineChunks(file, this.#lastLine)) {
        let start = 0;
        for (const end of ends) {
          isClosed = this.#takeLine(buffer, start, end, offset + start);
          start = end;
        }
      }
    } finally {
      await file.close();
    }
    return isClosed;
  }

  #takeLine(buffer: Buffer, start: number, end: number, offset: number): boolean {
    const isNew = offset >= this.#offset;
    const line = lineStart(buffer, start, end) ?? parsedStart(buffer.subarray(start, end));
    if (isNew) {
      this.#offset = offset + end - start;
      this.#lastLine = offset;
    }
    if (!line) {
      // Whatever else can be read still counts: evidence is not thrown away for a bad byte before it.
      this.sayDamage(offset);
      return false;
    }
    if (isNew && line.key !== undefined) {
      this.#sinceSnapshot += 1;
      this.#index.add({
        hash: keyHash(line.key),
        segment: this.#number,
        n: line.n,
        offset,
        length: end - start,
        isIntent: line.type === 'intent',
        atMs: Date.parse(line.at) || 0,
      });
    }
    return line.type === 'note' && parseLine(buffer.subarray(start, end))?.['event'] === SEGMENT_CLOSED;
  }

  async #keepSnapshot(): Promise<void> {
    if (this.#sinceSnapshot < SNAPSHOT_RECORDS) return;
    const { files, folder, ledgerId, logger } = this.#options;
    try {
      const line = Buffer.alloc(this.#offset - this.#lastLine);
      const file = await files.openFile(this.#path);
      try {
        await file.read(line, 0, this.#lastLine);
      } finally {
        await file.close();
      }
      const end = { sizeBytes: this.#offset, headOffset: this.#lastLine, headHash: lineHash(line) };
      await writeSnapshot(files, folder, ledgerId, this.name, end, [...this.#index.inSegment(this.#number)]);
      this.#sinceSnapshot = 0;
    } catch (error) {
      logger.debug(
        { error, segment: this.#path },
        'A ledger snapshot could not be kept; the segment will be read again.',
      );
    }
  }

  /** Somebody who made it durable up to here has recorded so. */
  isDurableTo(sizeBytes: number): void {
    this.#durableTo = Math.max(this.#durableTo, sizeBytes);
  }

  /**
   * Before anybody relies on a record that ends here: its session may have died between the write and the sync, or not have come
   * to the sync yet, and a power cut would take the record back.
   */
  async makeDurable(end: number): Promise<void> {
    const { files, folder, ownSession, confirmed } = this.#options;
    if (end <= this.#durableTo) return;
    if (this.header?.session.id === ownSession) return confirmed(this.name, end);
    const sizeBytes = this.#offset;
    try {
      await files.syncFile(this.#path, 'segment');
      await files.syncFolder(folder.segments, 'segment');
      this.isDurableTo(sizeBytes);
    } catch (error) {
      // Its record can be read all the same, and says what happened.
      this.#options.logger.debug(
        { error, segment: this.#path },
        'A segment of another session could not be made durable.',
      );
    }
  }

  /** Once, however much there is. */
  sayDamage(offset: number): void {
    if (this.#wasDamageSaid) return;
    this.#wasDamageSaid = true;
    this.#options.logger.warn(
      { segment: this.#path, offset },
      'A line of the ledger cannot be read and is left out. Run verifyLedger() to see what was changed.',
    );
  }
}

/** For a line whose members stand in another order than ours. */
function parsedStart(line: Buffer) {
  const record = parseLine(line);
  const { n, at, type, key } = record ?? {};
  if (typeof n !== 'number' || typeof at !== 'string' || typeof type !== 'string') return undefined;
  return { n, at, type, ...(typeof key === 'string' ? { key: keyText(key) } : {}) };
}

/** Smaller segments are read again faster than a snapshot is worth. */
const SNAPSHOT_RECORDS = 1_000;
