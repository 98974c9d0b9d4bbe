import { ClientClosedError } from '../errors/client-closed-error.ts';
import { type FinalStatus, isFinal, type JobStatus } from '../state/job-status.ts';
import { abortable } from '../util/abortable.ts';
import { holdProcess, keepAlive, releaseProcess } from '../util/keep-alive.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { lastStatus } from './last-status.ts';
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
    const release = keepAlive();
    try {
      const { seenAtMs } = job;
      // The look under way may have begun before this job was followed: then one more.
      for (let looks = 0; looks < 2 && job.seenAtMs === seenAtMs; looks += 1) {
        slot.tracker.follow(job);
        const sweep = slot.tracker.sweep();
        await (signal ? abortable(sweep, signal) : sweep);
      }
      return job.status;
    } finally {
      release();
    }
  }

  /** Without a signal this is one promise and one callback: there may be 100,000 waiting. */
  whenEnded<T>(then: (status: FinalStatus) => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    const { job, slot } = this;
    if (isFinal(job.status)) return Promise.resolve(job.status).then(then);
    if (slot.closed) return Promise.reject(closedWhileWaiting());
    if (signal) return lastStatus(this, signal).then(then);
    slot.tracker.follow(job);
    holdProcess();
    return job.ended().then((status) => then(endOrClosed(status)));
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    const { job } = this;
    while (job.status === known) {
      await this.waitForChange(job.version, signal);
    }
    return job.status;
  }

  /** Resolves when anything of the job changed since `version`, counts of an array included. */
  waitForChange(version: number, signal?: AbortSignal): Promise<void> {
    if (this.slot.closed) return Promise.reject(closedWhileWaiting());
    if (!isFinal(this.job.status)) this.slot.tracker.follow(this.job);
    return nextChange(this.job, version, signal);
  }
}

function endOrClosed(status: FinalStatus | undefined): FinalStatus {
  releaseProcess();
  if (status) return status;
  throw closedWhileWaiting();
}

function closedWhileWaiting(): ClientClosedError {
  return new ClientClosedError('The client was closed while this was waiting. The job goes on.');
}
