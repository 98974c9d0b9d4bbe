import type { JobRef } from '../ids/job-ref.ts';
import type { Memo, StateCounts } from '../seam/observation.ts';
import type { FinalStatus, JobStatus } from '../state/job-status.ts';
import type { Usage } from '../state/usage.ts';
import type { Json } from '../util/json.ts';
import { type EndWaiter, tellAll } from './end-waiter.ts';

/** Long before any look; a small integer, as the times are: a fraction would be an object of its own in each job. */
const NEVER_MS = -(2 ** 30);

export interface JobDetails {
  /** For an array. */
  readonly counts?: StateCounts;
  readonly usage?: Usage;
  readonly evidence?: Json;
  /** Covered, answered sweeps in a row that did not see it, and the waking time they span. */
  readonly unseen?: { readonly sweeps: number; readonly awakeMs: number };
}

export interface WholeOfParts {
  /** Which of the parts. */
  readonly part: number;
  changed(): void;
}

/**
 * What this process knows of one job. There may be 100,000 of them: no timer, no abort listener, no emitter each.
 * Whoever waits for a change stands in `waiters`; one sweep wakes them.
 */
export class TrackedJob {
  ref: JobRef;
  status: JobStatus;
  memo: Memo | undefined = undefined;
  /** What most live jobs have not: one field instead of four. */
  details: JobDetails | undefined = undefined;
  /** `clock.monotonicMs()` of the last sweep that saw it. */
  seenAtMs = NEVER_MS;
  /** How it ended, while that is being written to the ledger: nobody is shown an end that is not there yet. */
  ending: FinalStatus | undefined = undefined;
  /** Whether the ledger of its client knows its beginning, and is told its end. */
  isRecorded = false;
  /** The job of several parts that this is one of. */
  whole: WholeOfParts | undefined = undefined;
  /** Grows with every change, counts included: what a waiter compares. */
  version = 0;
  waiters: (() => void)[] | undefined = undefined;
  /** Who waits for the end and nothing else. */
  endWaiters: EndWaiter | undefined = undefined;

  constructor(ref: JobRef, status: JobStatus) {
    this.ref = ref;
    this.status = status;
  }

  /** It ended, or nobody looks any more. */
  end(end: FinalStatus | Error): void {
    const waiting = this.endWaiters;
    this.endWaiters = undefined;
    tellAll(waiting, end);
    this.wake();
  }

  wake(): void {
    this.version += 1;
    const woken = this.waiters;
    this.waiters = undefined;
    if (woken) for (const wake of woken) wake();
    this.whole?.changed();
  }
}
