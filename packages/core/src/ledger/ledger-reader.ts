import type { Logger } from '../seam/logger.ts';
import type { JobHistory } from './job-history.ts';
import { type FoundRecord, joinRecords } from './join-records.ts';
import type { LedgerJobQuery, LedgerRecordQuery, PlacedRecord, RecordPosition } from './ledger.ts';
import { LedgerDamagedError } from './ledger-damaged-error.ts';
import { hasCode, type LedgerFiles, openIfThere } from './ledger-files.ts';
import { type LedgerFolder, segmentNames, segmentPath } from './ledger-folder.ts';
import type { LedgerRecord } from './ledger-record.ts';
import { lineChunks } from './line-chunks.ts';
import { type IndexEntry, keyHash, RecordIndex } from './record-index.ts';
import { keyText } from './record-line.ts';
import { RecordReader } from './record-reader.ts';
import { parseLine } from './segment-ends.ts';
import { SegmentIndexer } from './segment-indexer.ts';
import type { SessionWatch } from './session-watch.ts';

export interface LedgerReaderOptions {
  readonly files: LedgerFiles;
  readonly folder: LedgerFolder;
  readonly ledgerId: string;
  readonly ownSession: string;
  /** Waits until what this session wrote, up to a byte of one of its segments, is confirmed. */
  readonly confirmed: (segment: string, end: number) => Promise<void>;
  readonly watch: SessionWatch;
  readonly logger: Logger;
}

/**
 * Reads what all sessions wrote, while they write. Keeps an index, no records: about 50 bytes a record once somebody has asked
 * for a job; nothing before.
 */
export class LedgerReader {
  readonly #options: LedgerReaderOptions;
  readonly #index = new RecordIndex();
  /** In the order of their numbers in the index. */
  readonly #segments: SegmentIndexer[] = [];
  readonly #byName = new Map<string, SegmentIndexer>();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(options: LedgerReaderOptions) {
    this.#options = options;
  }

  async readRecord(position: RecordPosition): Promise<LedgerRecord> {
    return this.#withReader((reader) => reader.read(position));
  }

  async readJob(key: string): Promise<JobHistory | undefined> {
    await this.#refresh();
    return this.#withReader((reader) => this.#join(key, reader));
  }

  async *jobs({ name, tag, since, signal }: LedgerJobQuery = {}): AsyncGenerator<JobHistory, void, void> {
    signal?.throwIfAborted();
    await this.#refresh();
    const reader = new RecordReader(this.#options.files, this.#options.folder.segments);
    let sinceTurn = 0;
    try {
      for (const entry of this.#index.intents(since?.getTime())) {
        signal?.throwIfAborted();
        sinceTurn += 1;
        // Reading from blocks already in memory never leaves this turn of the loop by itself.
        if (sinceTurn % JOBS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        const found = await this.#read(entry, reader);
        if (found?.record.type !== 'intent') continue;
        if (name !== undefined && found.record.name !== name) continue;
        if (tag && found.record.tags?.[tag[0]] !== tag[1]) continue;
        const job = await this.#join(found.record.key, reader);
        // Each key once, where its first intent stands.
        if (job && job.position.segment === found.position.segment && job.position.n === found.position.n) yield job;
      }
    } finally {
      await reader.close();
    }
  }

  async *records(query: LedgerRecordQuery = {}): AsyncGenerator<PlacedRecord, void, void> {
    const { files, folder } = this.#options;
    const { key, types, since, signal } = query;
    const keys = await this.#keysOf(query);
    for (const segment of segmentNames(await files.list(folder.segments))) {
      const file = await openIfThere(files, segmentPath(folder.segments, segment));
      if (!file) continue;
      try {
        for await (const { buffer, ends } of lineChunks(file, 0, signal)) {
          let start = 0;
          for (const end of ends) {
            const record = parseLine(buffer.subarray(start, end)) as LedgerRecord | undefined;
            start = end;
            if (!record || (types && !types.includes(record.type))) continue;
            if (since && Date.parse(record.at) < since.getTime()) continue;
            const recordKey = 'key' in record ? String(record.key) : undefined;
            if (key !== undefined && recordKey !== key) continue;
            if (keys && (recordKey === undefined || !keys.has(recordKey))) continue;
            yield { ...record, segment };
          }
        }
      } finally {
        await file.close();
      }
    }
  }

  /** Every key with a record in this segment. */
  async keysIn(segment: string): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    const file = await this.#options.files.openFile(segmentPath(this.#options.folder.segments, segment));
    try {
      for await (const { buffer, ends } of lineChunks(file)) {
        let start = 0;
        for (const end of ends) {
          const key = parseLine(buffer.subarray(start, end))?.['key'];
          if (typeof key === 'string') keys.add(key);
          start = end;
        }
      }
      return keys;
    } finally {
      await file.close();
    }
  }

  async #keysOf({ name, tag, signal }: LedgerRecordQuery): Promise<ReadonlySet<string> | undefined> {
    if (name === undefined && tag === undefined) return undefined;
    const keys = new Set<string>();
    const query = { ...(name === undefined ? {} : { name }), ...(tag ? { tag } : {}), ...(signal ? { signal } : {}) };
    for await (const job of this.jobs(query)) keys.add(job.key);
    return keys;
  }

  async #join(key: string, reader: RecordReader): Promise<JobHistory | undefined> {
    const found: FoundRecord[] = [];
    for (const entry of this.#index.find(keyHash(keyText(key)))) {
      const record = await this.#read(entry, reader);
      if (record && 'key' in record.record && record.record.key === key) found.push(record);
    }
    return joinRecords(key, found);
  }

  async #read(entry: IndexEntry, reader: RecordReader): Promise<FoundRecord | undefined> {
    const segment = this.#segments[entry.segment];
    // Gone since: archived.
    if (!segment?.header || this.#byName.get(segment.name) !== segment) return undefined;
    const position = { segment: segment.name, n: entry.n, offset: entry.offset, length: entry.length };
    try {
      const record = await reader.read(position);
      await segment.makeDurable(entry.offset + entry.length);
      return { record, position, session: segment.header.session };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      if (!LedgerDamagedError.isInstance(error)) throw error;
      segment.sayDamage(entry.offset);
      return undefined;
    }
  }

  async #withReader<T>(use: (reader: RecordReader) => Promise<T>): Promise<T> {
    const reader = new RecordReader(this.#options.files, this.#options.folder.segments);
    try {
      return await use(reader);
    } finally {
      await reader.close();
    }
  }

  /** Takes in what was written before this call. Calls made meanwhile share the next round. */
  #refresh(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#takeIn().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#refresh();
      });
    return this.#next;
  }

  async #takeIn(): Promise<void> {
    const { files, folder } = this.#options;
    const names = segmentNames(await files.list(folder.segments));
    const present = new Set(names);
    for (const name of this.#byName.keys()) if (!present.has(name)) this.#byName.delete(name);
    for (const name of names) {
      if (this.#byName.has(name)) continue;
      const segment = new SegmentIndexer(name, this.#segments.length, this.#index, this.#options);
      this.#segments.push(segment);
      this.#byName.set(name, segment);
    }
    const queue = [...this.#byName.values()].filter((segment) => !segment.isSealed);
    const began = queue.filter(({ header }) => !header);
    const work = async () => {
      for (let segment = queue.pop(); segment; segment = queue.pop()) await segment.takeIn();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const segment of began) {
      for (const [name, head] of Object.entries(segment.header?.heads ?? {})) {
        this.#byName.get(name)?.isDurableTo(head.sizeBytes);
      }
    }
  }
}

const JOBS_PER_TURN = 256;
const AT_ONCE = 8;
