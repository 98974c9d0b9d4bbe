import type { JobRef } from '../ids/job-ref.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import type { Json } from '../util/json.ts';
import type { OutputSchemas } from './collect-outputs.ts';
import type { AttemptRecord, JobHandle, RetryChange } from './job-handle.ts';

/** What handles need of their client. */
export interface HandleServices {
  /** Writes a cancel to the ledger, before it is sent. */
  recordCancel(slot: AdapterSlot, ref: JobRef, reason: string, child?: number): Promise<void>;
  /** The resolved job as it was submitted, from the ledger; `undefined` when this ledger does not know it. */
  readJob(ref: JobRef): Promise<ResolvedJob | undefined>;
  /** What each attempt came to, from the ledger. */
  readAttempts(ref: JobRef): Promise<readonly AttemptRecord[]>;
  /** All items of an array, from its manifest; none when this ledger does not know it. */
  readItems(ref: JobRef): Promise<readonly Json[]>;
  /** Submits the same job once more, under a new key. */
  rerun<R>(ref: JobRef, schemas: OutputSchemas | undefined, signal?: AbortSignal): Promise<JobHandle<R>>;
  /** Submits the failed tasks of an array once more; gives how many. */
  retryFailed(ref: JobRef, change: RetryChange, signal?: AbortSignal): Promise<number>;
  /** The object that follows the job now: one that is tried again is followed by another than before. */
  current(subject: WholeSubject): WholeSubject;
}
