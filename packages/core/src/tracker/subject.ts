import type { JobRef } from '../ids/job-ref.ts';
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
  /** As last known when that is younger than the tracker's interval, else after one look. */
  refresh(signal?: AbortSignal): Promise<JobStatus>;
  /** What the finisher makes of the end, once there is one. Keeps the process alive until then. */
  whenEnded<T>(finisher: Finisher<T>, signal?: AbortSignal): Promise<T>;
  /** The next status that is not `known`. */
  next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus>;
}
