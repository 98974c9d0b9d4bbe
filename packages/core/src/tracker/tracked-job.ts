import type { JobRef } from '../ids/job-ref.ts';
import type { Memo, StateCounts } from '../seam/observation.ts';
import type { FinalStatus, JobStatus } from '../state/job-status.ts';
import type { Usage } from '../state/usage.ts';
import type { Json } from '../util/json.ts';

/** Long before any look; a small integer, as the times are: a fraction would be an object of its own in each job. */
const NEVER_MS = -(2 ** 30);

/**
 * What this process knows of one job. There may be 100,000 of them: no timer, no abort listener, no emitter each.
 * Whoever waits for a change stands in `waiters`; one sweep wakes them.
 */
export class TrackedJob {
  ref: JobRef;
  status: JobStatus;
  memo: Memo | undefined = undefined;
  counts: StateCounts | undefined = undefined;
  usage: Usage | undefined = undefined;
  evidence: Json | undefined = undefined;
  /** `clock.monotonicMs()` of the last sweep that saw it. */
  seenAtMs = NEVER_MS;
  /** Covered, answered sweeps in a row that did not see it, and the waking time they span. */
  misses = 0;
  unseenAwakeMs = 0;
  /** How it ended, while that is being written to the ledger: nobody is shown an end that is not there yet. */
  ending: FinalStatus | undefined = undefined;
  /** Whether the ledger of its client knows its beginning, and is told its end. */
  isRecorded = false;
  /** Grows with every change, counts included: what a waiter compares. */
  version = 0;
  waiters: (() => void)[] | undefined = undefined;
  /** Who waits for the end and nothing else; called with nothing when the client closes before. */
  endWaiters: ((status: FinalStatus | undefined) => void)[] | undefined = undefined;

  constructor(ref: JobRef, status: JobStatus) {
    this.ref = ref;
    this.status = status;
  }

  /** Resolves at the end, or with nothing when the client closes before: one promise, no listener. */
  ended(): Promise<FinalStatus | undefined> {
    return new Promise((resolve) => {
      if (this.endWaiters) this.endWaiters.push(resolve);
      else this.endWaiters = [resolve];
    });
  }

  end(status: FinalStatus | undefined): void {
    const waiting = this.endWaiters;
    this.endWaiters = undefined;
    if (waiting) for (const resolve of waiting) resolve(status);
    this.wake();
  }

  wake(): void {
    this.version += 1;
    const woken = this.waiters;
    this.waiters = undefined;
    if (woken) for (const wake of woken) wake();
  }
}
