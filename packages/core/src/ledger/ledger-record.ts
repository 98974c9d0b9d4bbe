import type { Attempt } from '../ids/attempt.ts';
import type { JobKind } from '../ids/job-kind.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import type { Target } from '../ids/target.ts';
import type { Resources } from '../job/resources.ts';
import type { StateCounts } from '../seam/observation.ts';
import type { Refusal } from '../seam/outcomes.ts';
import type { DependencyCondition } from '../seam/part.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import type { FinalState } from '../state/job-state.ts';
import type { Usage } from '../state/usage.ts';
import type { Json } from '../util/json.ts';
import type { SegmentHead } from './segment-head.ts';
import type { SessionIdentity } from './session-identity.ts';

/** Version of the line format. A reader refuses a segment with a higher one. */
export const LEDGER_SCHEMA = 1;

/** First line of each segment: whose it is, where and when it was begun, and how far the other segments went as seen from here. */
export interface SegmentEntry {
  readonly type: 'segment';
  readonly schema: number;
  /** Id of the ledger. */
  readonly ledger: string;
  /** Name of this segment's file, without its ending. */
  readonly segment: string;
  readonly session: SessionIdentity;
  /** Login name of who runs the session. */
  readonly user: string;
  /** Heads of other segments that nobody had recorded yet: what makes a later change of them visible. */
  readonly heads: { readonly [segment: string]: SegmentHead };
  /** Present when this session had to give up an earlier segment: which, and why. */
  readonly follows?: { readonly segment: string; readonly error: string };
}

/** Somebody is about to create work: durable before the first byte leaves. */
export interface IntentEntry {
  readonly type: 'intent';
  readonly key: string;
  /** The key was chosen by the user, not made up by us. */
  readonly keyGiven: boolean;
  readonly submission: number;
  readonly name: string;
  readonly kind: JobKind;
  readonly shape: 'job' | 'array';
  /** Number of items, for an array. */
  readonly count?: number;
  /** The adapter's own id, `slurm`. */
  readonly adapterId: string;
  /** What the client calls it, `cluster`. */
  readonly adapterName: string;
  readonly target: Target;
  /** SHA-256 of the resolved job's canonical JSON, wherever that text stands. */
  readonly jobHash: string;
  /** The resolved job itself, when its canonical JSON is small. */
  readonly job?: Json;
  /** SHA-256 of the payload that holds the resolved job, otherwise. */
  readonly payload?: string;
  /** SHA-256 of the payload that holds the items, one a line. */
  readonly manifest?: string;
  readonly inputs?: readonly {
    readonly path: string;
    readonly source: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  readonly parts: readonly RecordedPart[];
  readonly places: { readonly [name: string]: string };
  readonly tags?: { readonly [name: string]: string };
  /** What only the owner can still do for this job. */
  readonly duties: readonly string[];
  /** Queue, account, native options and the like: not part of what the job is, but of how it is submitted, now and later. */
  readonly placing?: Json;
  /** The jobs it waits for. A held job was not sent while its duty `dependency` is not done. */
  readonly after?: readonly RecordedDependency[];
  /** For an array: the items this submission runs, when it is not all of them. */
  readonly tasks?: readonly TaskRange[];
  /** Why there is a submission after the first, and for which tasks of an array: counts against the budget of each reason. */
  readonly retries?: readonly { readonly reason: FailureReason; readonly tasks?: readonly TaskRange[] }[];
  /** What later submissions change, and for which tasks of an array. */
  readonly changes?: readonly { readonly change: JobChange; readonly tasks?: readonly TaskRange[] }[];
  /** For an array: how the tasks that run again had ended, so many of each. */
  readonly replaces?: StateCounts;
  /** Why, for a submission after the first. */
  readonly reason?: string;
}

export interface RecordedDependency {
  readonly ref: string;
  readonly condition: DependencyCondition;
  /** The backend was told; the owner need not wait for it unless it sends the job once more. */
  readonly native?: true;
  /** Only these tasks of that array matter. */
  readonly tasks?: readonly TaskRange[];
}

/** What a retry changes in the job. */
export interface JobChange {
  readonly resources?: Resources;
  readonly timeLimitSeconds?: number;
  readonly purchase?: 'on-demand';
}

/** A part that an intent did not name yet, or names differently: durable before the part is sent. */
export interface PartEntry {
  readonly type: 'part';
  readonly key: string;
  readonly submission: number;
  readonly part: number;
  readonly token: string;
  readonly tasks?: readonly TaskRange[];
  readonly change?: JobChange;
}

/** One native object that an intent is about. */
export interface RecordedPart {
  readonly part: number;
  readonly token: string;
  readonly tasks?: readonly TaskRange[];
  readonly change?: JobChange;
}

/** What the backend answered for one part. */
export interface OutcomeEntry {
  readonly type: 'outcome';
  readonly key: string;
  readonly submission: number;
  readonly part: number;
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'absent';
  /** Accepted besides the one that counts: it is asked to stop. */
  readonly duplicate?: true;
  readonly nativeId?: string;
  readonly error?: Refusal;
  readonly cause?: string;
  readonly evidence?: Json;
}

/** The backend began an attempt: the first, or the same part again. */
export interface AttemptEntry {
  readonly type: 'attempt';
  readonly key: string;
  readonly attempt: Attempt;
  readonly part?: number;
  readonly nativeId?: string;
  readonly evidence: Json;
}

/** A final status as JSON. */
export interface FinalStatusJson {
  readonly state: FinalState;
  readonly attempt: Attempt;
  /** ISO 8601. */
  readonly at: string;
  readonly reason?: FailureReason;
  readonly exitCode?: number;
  readonly message?: string;
  readonly raw?: string;
}

/** An attempt ended, with what that was concluded from. */
export interface EndEntry {
  readonly type: 'end';
  readonly key: string;
  readonly attempt: Attempt;
  /** The end of one part only, of a job with several parts or submissions. */
  readonly part?: number;
  readonly status: FinalStatusJson;
  readonly evidence: Json;
  readonly usage?: Usage;
  /** For an array: how many tasks ended how. */
  readonly counts?: StateCounts;
  /** For an array: the tasks that did not succeed. */
  readonly exceptions?: readonly { readonly tasks: readonly TaskRange[]; readonly status: FinalStatusJson }[];
}

/** Somebody asked the job to stop: written before it is sent. */
export interface CancelEntry {
  readonly type: 'cancel';
  readonly key: string;
  readonly reason: string;
  /** The newest submission at that time: later ones are not meant. */
  readonly submission?: number;
  readonly children?: readonly number[];
}

/** The states of a duty, in the order it passes through them. */
export const DUTY_STATES = ['pending', 'due', 'done', 'abandoned'] as const;
export type DutyState = (typeof DUTY_STATES)[number];

/** A duty of the owner moved on. */
export interface DutyEntry {
  readonly type: 'duty';
  readonly key: string;
  readonly duty: string;
  readonly state: DutyState;
}

/** This session is now the owner. Only ever written under an exclusive claim. */
export interface TakeoverEntry {
  readonly type: 'takeover';
  readonly key: string;
  /** The newest submission at that time. Who writes a later one owns it. @default 1 */
  readonly submission?: number;
  /** Id of the session that was the owner. */
  readonly from: string;
}

/** Anything else worth keeping: a torn tail seen, segments archived, this segment closed. */
export interface NoteEntry {
  readonly type: 'note';
  readonly message: string;
  /** What happened, in one word a program can test. */
  readonly event?: string;
  readonly [detail: string]: Json | undefined;
}

/** What a client may record. */
export type LedgerEntry =
  | IntentEntry
  | PartEntry
  | OutcomeEntry
  | AttemptEntry
  | EndEntry
  | CancelEntry
  | DutyEntry
  | TakeoverEntry
  | NoteEntry;

/** What the ledger adds to each line. */
export interface RecordFrame {
  /** Number of the line in its segment: 0, 1, 2, … */
  readonly n: number;
  /** SHA-256 of the bytes of the line before, its line end included; zeros for line 0. */
  readonly prev: string;
  /** When it was handed to the ledger, ISO 8601 in UTC. For people: nothing is decided by it. */
  readonly at: string;
  /** The same record may also stand here: the write or sync there failed, so nobody knows. */
  readonly again?: { readonly segment: string; readonly n: number };
}

export type IntentRecord = IntentEntry & RecordFrame;
export type PartRecord = PartEntry & RecordFrame;
export type OutcomeRecord = OutcomeEntry & RecordFrame;
export type AttemptRecord = AttemptEntry & RecordFrame;
export type EndRecord = EndEntry & RecordFrame;
export type CancelRecord = CancelEntry & RecordFrame;
export type DutyRecord = DutyEntry & RecordFrame;
export type TakeoverRecord = TakeoverEntry & RecordFrame;

/** One line of the ledger. */
export type LedgerRecord = (SegmentEntry | LedgerEntry) & RecordFrame;
