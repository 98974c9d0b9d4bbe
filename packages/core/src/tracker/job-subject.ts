import { isFinal, type JobStatus } from '../state/job-status.ts';
import { abortable } from '../util/abortable.ts';
import { holdProcess, keepAlive } from '../util/keep-alive.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { closedWhileWaiting } from './closed-while-waiting.ts';
import type { Finisher } from './end-waiter.ts';
import { EndedChildren } from './ended-children.ts';
import { finishAfter } from './finish-after.ts';
import { nextChange } from './next-change.ts';
import type { Subject } from './subject.ts';
import type { TrackedJob } from './tracked-job.ts';

/** A whole job, as its tracker sees it. */
export class JobSubject implements Subject {
  readonly slot: AdapterSlot;
  #job: TrackedJob;
  #endedChildren: EndedChildren | undefined;

  constructor(slot: AdapterSlot, job: TrackedJob) {
    this.slot = slot;
    this.#job = job;
  }

  get job(): TrackedJob {
    return this.#job;
  }

  /** For an array: its children that have ended, read once for all who wait for one. */
  get endedChildren(): EndedChildren {
    this.#endedChildren ??= new EndedChildren(this);
    return this.#endedChildren;
  }

  get ref() {
    return this.job.ref;
  }

  get status() {
    return this.job.status;
  }

  get usage() {
    return this.job.details?.usage;
  }

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    const { job, slot } = this;
    if (isFinal(job.status) && job.status.state !== 'lost') return job.status;
    if (slot.clock.monotonicMs() - job.seenAtMs < slot.tracker.intervalMs) return job.status;
    return this.look(signal);
  }

  /** One look at the backend, however fresh the snapshot is. */
  async look(signal?: AbortSignal): Promise<JobStatus> {
    const { slot } = this;
    const release = keepAlive();
    try {
      const job = this.#follow();
      const { seenAtMs } = job;
      // The look under way may have begun before this job was followed: then one more.
      for (let looks = 0; looks < 2 && job.seenAtMs === seenAtMs; looks += 1) {
        this.#follow();
        const sweep = slot.tracker.sweep();
        await (signal ? abortable(sweep, signal) : sweep);
      }
      return job.status;
    } finally {
      release();
    }
  }

  whenEnded<T>(finisher: Finisher<T>, signal?: AbortSignal): Promise<T> {
    const { status } = this;
    if (this.slot.closed && !isFinal(status)) return Promise.reject(closedWhileWaiting());
    if (signal || isFinal(status)) return finishAfter(this, finisher, signal);
    const job = this.#follow();
    holdProcess();
    return new Promise((resolve, reject) => {
      job.endWaiters = { next: job.endWaiters, finisher, resolve, reject };
    });
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    while (this.job.status === known) await this.waitForChange(this.job.version, signal);
    return this.job.status;
  }

  /** Resolves when anything of the job changed since `version`, counts of an array included. */
  waitForChange(version: number, signal?: AbortSignal): Promise<void> {
    if (this.slot.closed) return Promise.reject(closedWhileWaiting());
    const before = this.job;
    if (!isFinal(before.status) && this.#follow() !== before) return Promise.resolve();
    return nextChange(this.job, version, signal);
  }

  /** Two handles of one job wait on one object: the one that is looked at. */
  #follow(): TrackedJob {
    this.#job = this.slot.tracker.follow(this.#job);
    return this.#job;
  }
}
