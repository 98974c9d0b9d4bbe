import type { Clock } from '../seam/clock.ts';
import type { Logger } from '../seam/logger.ts';
import { abortable } from '../util/abortable.ts';
import type { Json } from '../util/json.ts';
import type { Waiting } from '../util/waiting.ts';
import { archiveSegments } from './archive-segments.ts';
import { Beat } from './beat.ts';
import { ClaimStore } from './claim-store.ts';
import { GroupCommit } from './group-commit.ts';
import type { JobHistory } from './job-history.ts';
import type {
  ArchiveResult,
  ClaimHolder,
  ClaimOutcome,
  Ledger,
  LedgerAnchor,
  LedgerJobQuery,
  LedgerRecordQuery,
  PlacedRecord,
  RecordPosition,
  StoredPayload,
} from './ledger.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { type LedgerFolder, ledgerFolder } from './ledger-folder.ts';
import { LedgerReader } from './ledger-reader.ts';
import { LEDGER_SCHEMA, type LedgerEntry, type LedgerRecord } from './ledger-record.ts';
import type { LedgerSystem } from './ledger-system.ts';
import { LedgerWriteError } from './ledger-write-error.ts';
import { PayloadStore } from './payload-store.ts';
import { entryText } from './record-line.ts';
import { SEGMENT_CLOSED } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import { readSegmentHeads } from './segment-heads.ts';
import type { SessionIdentity } from './session-identity.ts';
import { SessionSegments } from './session-segments.ts';
import { SessionWatch } from './session-watch.ts';

export interface RecordedLedgerOptions {
  readonly files: LedgerFiles;
  readonly root: string;
  readonly id: string;
  readonly session: SessionIdentity;
  readonly system: LedgerSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A ledger on files, whatever they are. Makes nothing before something is recorded. */
export class RecordedLedger implements Ledger {
  readonly id: string;
  readonly session: SessionIdentity;
  readonly #files: LedgerFiles;
  readonly #folder: LedgerFolder;
  readonly #clock: Clock;
  readonly #commits: GroupCommit;
  readonly #claims: ClaimStore;
  readonly #payloads: PayloadStore;
  readonly #reader: LedgerReader;
  readonly #watch: SessionWatch;
  readonly #beat: Beat;
  #closing: Promise<void> | undefined;

  constructor({ files, root, id, session, system, clock, logger }: RecordedLedgerOptions) {
    const folder = ledgerFolder(root);
    this.id = id;
    this.session = session;
    this.#files = files;
    this.#folder = folder;
    this.#clock = clock;
    this.#claims = new ClaimStore(files, folder.claims);
    this.#payloads = new PayloadStore(files, folder.payloads);
    this.#watch = new SessionWatch({ files, folder, clock, own: session, system });
    this.#reader = new LedgerReader({
      files,
      folder,
      ledgerId: id,
      ownSession: session.id,
      confirmed: (segment, end) => this.#commits.confirmed(segment, end),
      watch: this.#watch,
      logger,
    });
    this.#beat = new Beat({ files, folder: folder.beats, sessionId: session.id, clock, logger });
    const segments = new SessionSegments({ files, folder, ledgerId: id, session, watch: this.#watch, clock });
    this.#commits = new GroupCommit(folder.segments, async (failed) => {
      // Before the first record: whoever finds it elsewhere must be able to see that we live.
      if (files.isShared) await this.#beat.start();
      return segments.begin(failed);
    });
  }

  async append(entry: LedgerEntry, { signal }: Waiting = {}): Promise<RecordPosition> {
    signal?.throwIfAborted();
    const appended = this.#commits.append({ text: entryText(entry), at: this.#clock.now().toISOString() });
    if (!signal) return appended;
    // Who no longer waits need not hear of a failure either.
    appended.catch(() => {});
    return abortable(appended, signal);
  }

  async claim(name: string, note?: Json): Promise<ClaimOutcome> {
    const { segment, n } = await this.#commits.next();
    const at = this.#clock.now().toISOString();
    const holder: ClaimHolder = {
      name,
      session: this.session,
      segment,
      n,
      at,
      ...(note === undefined ? {} : { note }),
    };
    return this.#writing(this.#folder.claims, this.#claims.claim(holder));
  }

  readClaim(name: string): Promise<ClaimHolder | undefined> {
    return this.#claims.read(name);
  }

  putPayload(content: string | Iterable<string> | AsyncIterable<string>): Promise<StoredPayload> {
    return this.#writing(this.#folder.payloads, this.#payloads.put(content));
  }

  openPayload(sha256: string): ReadableStream<Uint8Array> {
    return this.#payloads.open(sha256);
  }

  readRecord(position: RecordPosition): Promise<LedgerRecord> {
    return this.#reader.readRecord(position);
  }

  readJob(key: string): Promise<JobHistory | undefined> {
    return this.#reader.readJob(key);
  }

  jobs(query?: LedgerJobQuery): AsyncIterable<JobHistory> {
    return this.#reader.jobs(query);
  }

  records(query?: LedgerRecordQuery): AsyncIterable<PlacedRecord> {
    return this.#reader.records(query);
  }

  sessionState(session: SessionIdentity): Promise<'alive' | 'dead' | 'unknown'> {
    return this.#watch.state(session);
  }

  async anchor(): Promise<LedgerAnchor> {
    const heads: Record<string, SegmentHead> = {};
    for (const { segment, head } of await readSegmentHeads(this.#files, this.#folder.segments)) heads[segment] = head;
    return { schema: LEDGER_SCHEMA, ledger: this.id, at: this.#clock.now().toISOString(), heads };
  }

  archive(to: string): Promise<ArchiveResult> {
    return archiveSegments({
      files: this.#files,
      folder: this.#folder,
      to,
      watch: this.#watch,
      reader: this.#reader,
      ownSession: this.session.id,
      record: (note) => this.append(note),
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const text = entryText({ type: 'note', event: SEGMENT_CLOSED, message: 'The session ended.' });
    try {
      await this.#commits.close({ text, at: this.#clock.now().toISOString() });
    } finally {
      await this.#beat.stop();
    }
  }

  /** The system's errors while writing become ours; errors of the content's own source are passed on. */
  async #writing<T>(path: string, writing: Promise<T>): Promise<T> {
    try {
      return await writing;
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw new LedgerWriteError(path, error);
      throw error;
    }
  }
}
