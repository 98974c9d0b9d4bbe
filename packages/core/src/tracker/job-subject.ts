import type { Duty } from '../seam/duty.ts';
import type { ArtifactInfo, ArtifactQuery, CancelTarget, ChildQuery, LogQuery } from '../seam/observation.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { abortable } from '../util/abortable.ts';
import { holdProcess, keepAlive } from '../util/keep-alive.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { closedWhileWaiting } from './closed-while-waiting.ts';
import type { Finisher } from './end-waiter.ts';
import { EndedChildren } from './ended-children.ts';
import { finishAfter } from './finish-after.ts';
import { nativeReads } from './native-reads.ts';
import { nextChange } from './next-change.ts';
import type { WholeSubject } from './subject.ts';
import type { TrackedJob } from './tracked-job.ts';

const NO_DUTIES: readonly Duty[] = [];

/** A job that is one native object, as its tracker sees it. */
export class JobSubject implements WholeSubject {
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

  get duties() {
    return NO_DUTIES;
  }

  get nativeRef() {
    return this.job.ref;
  }

  nativeRefOf() {
    return this.job.ref;
  }

  get generation() {
    return 1;
  }

  get version() {
    return this.job.version;
  }

  get counts() {
    return this.job.details?.counts;
  }

  readLogs(query: LogQuery, signal?: AbortSignal) {
    return nativeReads(this.slot, this.ref).readLogs(query, signal);
  }

  listArtifacts(query: ArtifactQuery, signal?: AbortSignal) {
    return nativeReads(this.slot, this.ref).listArtifacts(query, signal);
  }

  openArtifact(artifact: ArtifactInfo, signal?: AbortSignal) {
    return nativeReads(this.slot, this.ref).openArtifact(artifact, signal);
  }

  listChildren(query: ChildQuery, signal?: AbortSignal) {
    return nativeReads(this.slot, this.ref).listChildren(query, signal);
  }

  cancelTargets(): readonly CancelTarget[] {
    return [{ ref: this.ref }];
  }

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    const { job, slot } = this;
    if (isFinal(job.status) && job.status.state !== 'lost') return job.status;
    if (slot.clock.monotonicMs() - job.seenAtMs < slot.tracker.intervalMs) return job.status;
    return this.look(signal);
  }

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
