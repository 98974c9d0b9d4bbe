import { ClientClosedError } from '../errors/client-closed-error.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { abortable } from '../util/abortable.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { nextChange } from './next-change.ts';
import type { Subject } from './subject.ts';
import type { TrackedJob } from './tracked-job.ts';

/** A whole job, as its tracker sees it. */
export class JobSubject implements Subject {
  readonly slot: AdapterSlot;
  readonly job: TrackedJob;

  constructor(slot: AdapterSlot, job: TrackedJob) {
    this.slot = slot;
    this.job = job;
  }

  get ref() {
    return this.job.ref;
  }

  get status() {
    return this.job.status;
  }

  get usage() {
    return this.job.usage;
  }

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    const { job, slot } = this;
    if (isFinal(job.status) && job.status.state !== 'lost') return job.status;
    if (slot.clock.monotonicMs() - job.seenAtMs < slot.tracker.intervalMs) return job.status;
    return this.look(signal);
  }

  /** One look at the backend, however fresh the snapshot is. */
  async look(signal?: AbortSignal): Promise<JobStatus> {
    const { job, slot } = this;
    slot.tracker.follow(job);
    const sweep = slot.tracker.sweep();
    await (signal ? abortable(sweep, signal) : sweep);
    return job.status;
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    const { job } = this;
    // A final status is shown only once it is settled: its end is in the ledger before anybody acts on it.
    while (job.status === known || (isFinal(job.status) && !job.settled)) {
      await this.waitForChange(job.version, signal);
    }
    return job.status;
  }

  /** Resolves when anything of the job changed since `version`, counts of an array included. */
  waitForChange(version: number, signal?: AbortSignal): Promise<void> {
    if (this.slot.closed) {
      return Promise.reject(new ClientClosedError('The client was closed while this was waiting. The job goes on.'));
    }
    return nextChange(this.job, version, signal);
  }
}
