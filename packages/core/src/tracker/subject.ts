import type { JobRef } from '../ids/job-ref.ts';
import type { Duty } from '../seam/duty.ts';
import type {
  ArtifactInfo,
  ArtifactQuery,
  CancelTarget,
  ChildObservation,
  ChildQuery,
  LogPage,
  LogQuery,
  Page,
  StateCounts,
} from '../seam/observation.ts';
import type { JobStatus } from '../state/job-status.ts';
import type { Usage } from '../state/usage.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import type { Finisher } from './end-waiter.ts';

/** What handles and streams follow: a whole job, or one child of an array. */
export interface Subject {
  readonly slot: AdapterSlot;
  readonly ref: JobRef;
  readonly child?: number;
  /** As last known. */
  readonly status: JobStatus;
  readonly usage: Usage | undefined;
  /** The native object that counts now, as adapters are asked about it; `undefined` before there is one. */
  readonly nativeRef: JobRef | undefined;
  /** As last known when that is younger than the tracker's interval, else after one look. */
  refresh(signal?: AbortSignal): Promise<JobStatus>;
  /** What the finisher makes of the end, once there is one. Keeps the process alive until then. */
  whenEnded<T>(finisher: Finisher<T>, signal?: AbortSignal): Promise<T>;
  /** The next status that is not `known`. */
  next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus>;
  readLogs(query: LogQuery, signal?: AbortSignal): Promise<LogPage>;
  listArtifacts(query: ArtifactQuery, signal?: AbortSignal): Promise<Page<ArtifactInfo>>;
  openArtifact(artifact: ArtifactInfo, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** What the backend is asked to stop: every native object of it that may still run. */
  cancelTargets(): readonly CancelTarget[];
}

/** A whole job, which may be an array. */
export interface WholeSubject extends Subject {
  /** What only the owner can still do for it. */
  readonly duties: readonly Duty[];
  /** Grows with every change, counts included. */
  readonly version: number;
  /** Grows when tasks that had ended are run again. */
  readonly generation: number;
  /** For an array: how many tasks are in each state. */
  readonly counts: StateCounts | undefined;
  /** For an array: its children that have ended, read once for all who wait for one. */
  readonly endedChildren: { row(child: number, signal?: AbortSignal): Promise<ChildObservation | undefined> };
  /** The native object that runs one child, or ran it last. */
  nativeRefOf(child: number): JobRef | undefined;
  /** One look at the backend, however fresh the snapshot is. */
  look(signal?: AbortSignal): Promise<JobStatus>;
  listChildren(query: ChildQuery, signal?: AbortSignal): Promise<Page<ChildObservation>>;
  /** Resolves when anything of the job changed since `version`, counts of an array included. */
  waitForChange(version: number, signal?: AbortSignal): Promise<void>;
}
