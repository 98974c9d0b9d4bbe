import type { Json } from '../util/json.ts';
import type { Waiting } from '../util/waiting.ts';
import type { JobHistory } from './job-history.ts';
import type { LedgerEntry, LedgerRecord } from './ledger-record.ts';
import type { SegmentHead } from './segment-head.ts';
import type { Session, SessionIdentity } from './session-identity.ts';

/** Where a record stands: line `n` of a segment, as bytes. */
export interface RecordPosition {
  readonly segment: string;
  readonly n: number;
  readonly offset: number;
  /** In bytes, the line end included. */
  readonly length: number;
}

/** Who holds a claim. Its own record stands at or after `n` of `segment`, or in a later segment of the same session. */
export interface ClaimHolder {
  readonly name: string;
  readonly session: SessionIdentity;
  readonly segment: string;
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  readonly note?: Json;
}

export type ClaimOutcome = { readonly type: 'won' } | { readonly type: 'held'; readonly by: ClaimHolder };

export interface StoredPayload {
  /** Of the UTF-8 bytes, lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  open(): ReadableStream<Uint8Array>;
}

/** Which jobs; everything given must hold. */
export interface LedgerJobQuery extends Waiting {
  readonly name?: string;
  readonly tag?: readonly [name: string, value: string];
  /** First intent recorded then or later. */
  readonly since?: Date;
}

/** Which records; everything given must hold. `name` and `tag` are those of the record's job. */
export interface LedgerRecordQuery extends Waiting {
  readonly key?: string;
  readonly types?: readonly LedgerRecord['type'][];
  readonly name?: string;
  readonly tag?: readonly [name: string, value: string];
  /** Recorded then or later. */
  readonly since?: Date;
}

export type PlacedRecord = LedgerRecord & { readonly segment: string };

/** How far each segment goes now, to be kept where whoever can write the ledger cannot write. Plain JSON. */
export interface LedgerAnchor {
  readonly schema: number;
  readonly ledger: string;
  /** ISO 8601. */
  readonly at: string;
  readonly heads: { readonly [segment: string]: SegmentHead };
}

export interface ArchiveResult {
  readonly archived: readonly string[];
  readonly kept: readonly {
    readonly segment: string;
    readonly why: 'session-alive' | 'session-unknown' | 'unfinished-jobs';
  }[];
}

/**
 * The lab book of one or many processes: what was meant to run, what the backend answered, how it ended.
 * Records are never changed. Reading joins what all sessions wrote, so order and clocks do not matter.
 */
export interface Ledger {
  /** Random, the same for everybody who opens this ledger. */
  readonly id: string;
  readonly session: Session;
  /**
   * Resolves once the record is durable. Records that wait at the same time share one sync.
   * Aborting stops the wait: the record is written all the same.
   *
   * @throws {LedgerWriteError} It was not acknowledged by the disk. It may stand in the ledger nevertheless.
   * @throws {LedgerClosedError} After `close()`.
   */
  append(entry: LedgerEntry, options?: Waiting): Promise<RecordPosition>;
  /** Takes a name for this session, for ever; at most one caller in any process wins. */
  claim(name: string, note?: Json): Promise<ClaimOutcome>;
  readClaim(name: string): Promise<ClaimHolder | undefined>;
  /** Keeps content under its hash; durable when it resolves, harmless when repeated. Holds no more than a chunk in memory. */
  putPayload(content: string | Iterable<string> | AsyncIterable<string>): Promise<StoredPayload>;
  /** Errors with `PayloadMissingError` at once, with `PayloadDamagedError` at its end when the bytes do not have this hash. */
  openPayload(sha256: string): ReadableStream<Uint8Array>;
  /** @throws {LedgerDamagedError} No record stands there (any more). */
  readRecord(position: RecordPosition): Promise<LedgerRecord>;
  /** Everything known of one key; `undefined` when nobody recorded an intent for it. */
  readJob(key: string): Promise<JobHistory | undefined>;
  /** What is known of each key, oldest intent first. */
  jobs(query?: LedgerJobQuery): AsyncIterable<JobHistory>;
  /** The records themselves, segment after segment. */
  records(query?: LedgerRecordQuery): AsyncIterable<PlacedRecord>;
  /**
   * Whether a session can still act. On this boot by process id and start time; elsewhere by its beat, which has to stand
   * still for two minutes of our own clock: until then, and on the first look, the answer is `unknown`.
   */
  sessionState(session: SessionIdentity): Promise<'alive' | 'dead' | 'unknown'>;
  anchor(): Promise<LedgerAnchor>;
  /**
   * Moves segments out of the ledger whose session is dead and whose jobs have all ended, and records how far they went.
   * Their jobs are no longer known here afterwards; keys stay taken.
   */
  archive(to: string): Promise<ArchiveResult>;
  /** Waits for what is being written, stops the beat, closes the segment. Reading goes on working. */
  close(): Promise<void>;
}
