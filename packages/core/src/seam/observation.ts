import type { Attempt } from '../ids/attempt.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobState } from '../state/job-state.ts';
import type { JobStatus } from '../state/job-status.ts';
import type { LogLine } from '../state/log-line.ts';
import type { Usage } from '../state/usage.ts';
import type { Json } from '../util/json.ts';

/** What an adapter wants back with the next look at the same job: plain JSON, small. */
export type Memo = Json;

export type StateCounts = { readonly [State in JobState]?: number };

export interface Observation {
  readonly ref: JobRef;
  readonly status: JobStatus;
  /** For an array, always: how many tasks are in each state. Tasks that are tried again are taken out of these by number. */
  readonly counts?: StateCounts;
  /** What the status was concluded from, kept with it. */
  readonly evidence: Json;
  readonly usage?: Usage;
  readonly memo?: Memo;
}

export interface Sweep {
  /** Only a covered, missing ref was "not seen". */
  readonly covered: readonly JobRef[];
  readonly seen: readonly Observation[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where to go on. It moves only when something was read: one that moved with an empty page says that there may be more at once. */
  readonly cursor?: string;
  /** Nothing more will ever come behind `cursor`. */
  readonly end: boolean;
}

export interface ChildQuery {
  readonly states?: readonly JobState[];
  readonly index?: number;
  readonly cursor?: string;
}

export interface ChildObservation {
  /** Item index, MPI rank or the engine's task name. */
  readonly child: number | string;
  readonly status: JobStatus;
  readonly usage?: Usage;
  readonly ref?: JobRef;
}

export interface CancelTarget {
  readonly ref: JobRef;
  readonly children?: readonly number[];
}

export interface LogQuery {
  readonly child?: number | string;
  readonly attempt?: Attempt;
  readonly cursor?: string;
  readonly tailLines?: number;
}

export interface LogPage {
  readonly lines: readonly (LogLine & { readonly cursor: string; readonly child?: number | string })[];
  /** Resumes behind the last line, also when there was none. */
  readonly cursor: string;
  /** The job has ended and every line was delivered. */
  readonly end: boolean;
  /** Lines are known to be lost here, and why. */
  readonly gap?: string;
}

export interface ArtifactQuery {
  readonly child?: number | string;
  readonly cursor?: string;
}

export interface ArtifactInfo {
  readonly path: string;
  readonly uri: string;
  readonly sizeBytes: number;
  /** Changes when the content does. */
  readonly version: string;
  readonly modifiedAt?: Date;
  readonly sha256?: string;
  readonly child?: number | string;
}

/** Bytes `start` to `end`, the last not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Why a job is where it is, and what to do about it. */
export interface Explanation {
  readonly summary: string;
  readonly causes: readonly { readonly text: string; readonly source: string; readonly wayOut?: string }[];
}

/** What to look at now. A hint is never evidence. */
export interface Hint {
  readonly nativeId: string;
}
