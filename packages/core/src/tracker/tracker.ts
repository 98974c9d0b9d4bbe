import type { Attempt } from '../ids/attempt.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { checkSweep } from '../seam/check-answer.ts';
import type { Clock } from '../seam/clock.ts';
import type { Logger } from '../seam/logger.ts';
import type { Sweep } from '../seam/observation.ts';
import { type FinalStatus, isFinal, type JobStatus } from '../state/job-status.ts';
import type { Json } from '../util/json.ts';
import { applySeen, applyUnseen, type SweepTime } from './apply-sweep.ts';
import { type Cadence, type CadenceLimits, createCadence } from './cadence.ts';
import { closedWhileWaiting } from './closed-while-waiting.ts';
import { JobIndex } from './job-index.ts';
import { TrackedJob } from './tracked-job.ts';

export type OnEnd = (job: TrackedJob, status: FinalStatus) => Promise<FinalStatus | undefined>;

export interface TrackerOptions {
  readonly name: string;
  readonly cadence: CadenceLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One `observe` of the adapter over all jobs given. */
  readonly observe: (jobs: readonly TrackedJob[], signal: AbortSignal) => Promise<Sweep>;
  /** Called once for each job that ended, before anybody who waits for it is woken. Gives what is known better, if anything. Must not reject. */
  readonly onEnd: OnEnd;
  /** The backend began an attempt by itself. */
  readonly onAttempt?: (job: TrackedJob, attempt: Attempt, evidence: Json) => void;
}

/** Rows of a sweep that are applied without letting anything else happen. */
const SLICE = 1_000;

/**
 * Follows every live job of one adapter with one timer: one sweep a tick, fast after a submit or a change, slower when
 * nothing happens. A sweep that fails changes no job; the tracker is `stale since …`.
 */
export class Tracker {
  readonly #options: TrackerOptions;
  readonly #cadence: Cadence;
  /** What the next sweep asks about. */
  readonly #live = new JobIndex();
  /** Jobs called lost: still one object each, should somebody ask again or evidence come. */
  readonly #lost = new JobIndex();
  /** Lost jobs that the next sweep looks at once more. */
  readonly #lookedAtAgain = new Set<TrackedJob>();
  readonly #closing = new AbortController();
  #tick: { readonly dueMs: number; readonly cancel: AbortController } | undefined;
  #sweeping: Promise<void> | undefined;
  #lastSweepMs: number;
  #plannedMs = 0;
  /** When the first sweep that failed began, while none has been answered since. */
  staleSince: Date | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#cadence = createCadence(options.cadence);
    this.#lastSweepMs = options.clock.monotonicMs();
  }

  /** The longest a snapshot may be old before `status()` looks again. */
  get intervalMs(): number {
    return this.#cadence.currentMs;
  }

  track(ref: JobRef, status: JobStatus): TrackedJob {
    const known = this.#live.get(ref) ?? this.#lost.get(ref);
    if (known) return known;
    const job = new TrackedJob(ref, status);
    if (status.state === 'lost') this.#lost.add(job);
    return isFinal(status) ? job : this.follow(job);
  }

  /**
   * Looks at this job with the next sweeps; once more, for one that was `lost`. Gives back the one object that is looked at:
   * whoever waits must wait there.
   */
  follow(job: TrackedJob): TrackedJob {
    const followed = this.#live.get(job.ref);
    if (followed || this.#closing.signal.aborted) return followed ?? job;
    this.#live.add(job);
    if (isFinal(job.status)) this.#lookedAtAgain.add(job);
    this.hurry();
    return job;
  }

  /** Looks at it no more, unless somebody waits for it. Whoever waits later has it followed again. */
  forget(job: TrackedJob): void {
    if (job.waiters !== undefined || job.endWaiters !== undefined) return;
    this.#live.delete(job);
    this.#lost.delete(job);
  }

  /** Looks again soon: something was submitted, cancelled, or asked for. */
  hurry(): void {
    this.#cadence.hurry();
    this.#schedule();
  }

  /** One sweep now, or the one under way. Rejects when it failed. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = undefined;
      this.#schedule();
    });
    return this.#sweeping;
  }

  /** Stops looking. Whoever still waits is woken and finds the client closed. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#tick?.cancel.abort();
    await this.#sweeping?.catch(() => {});
    for (const job of this.#live.values()) job.end(closedWhileWaiting());
    this.#live.clear();
    this.#lost.clear();
  }

  #schedule(): void {
    if (this.#closing.signal.aborted || this.#sweeping || this.#live.size === 0) return;
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    // A burst of submits asks for the same early look again and again: the one already planned will do.
    if (this.#tick && this.#tick.dueMs <= nowMs + this.#cadence.currentMs) return;
    this.#tick?.cancel.abort();
    this.#plannedMs = this.#cadence.next();
    const tick = { dueMs: nowMs + this.#plannedMs, cancel: new AbortController() };
    this.#tick = tick;
    clock.sleep(this.#plannedMs, tick.cancel.signal).then(
      () => this.sweep().catch(() => {}),
      () => {},
    );
  }

  async #sweepOnce(): Promise<void> {
    const { clock, logger, name } = this.#options;
    this.#tick?.cancel.abort();
    this.#tick = undefined;
    const begun = clock.now();
    const begunMs = clock.monotonicMs();
    try {
      const sweep = checkSweep(await this.#options.observe(this.#live.values(), this.#closing.signal));
      if (sweep.unreadable.length > 0) {
        logger.warn(
          { adapter: name, rows: sweep.unreadable.length },
          `Some of what "${name}" says of its jobs cannot be read; it is left out.`,
        );
      }
      if (this.#closing.signal.aborted) return;
      // A machine that slept, or a process that was stopped, has not waited.
      const awakeMs = Math.min(begunMs - this.#lastSweepMs, 2 * this.#plannedMs + 1_000);
      this.#lastSweepMs = begunMs;
      this.staleSince = undefined;
      const { onAttempt } = this.#options;
      const time = { at: clock.now(), monotonicMs: clock.monotonicMs(), awakeMs, ...(onAttempt ? { onAttempt } : {}) };
      const changed = await this.#apply(sweep, time);
      if (changed.length > 0) this.#cadence.hurry();
      await this.#publish(changed);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      if (this.staleSince === undefined) {
        logger.warn({ adapter: name, err: error }, `Cannot look at the jobs on "${name}"; they stay as last known.`);
      }
      this.staleSince ??= begun;
      throw error;
    }
  }

  /** In slices, with a turn of the event loop between them: ten thousand rows must not keep everything else waiting. */
  async #apply(sweep: Sweep, time: SweepTime): Promise<TrackedJob[]> {
    const seen = new Set<TrackedJob>();
    const changed: TrackedJob[] = [];
    for (let at = 0; at < sweep.seen.length; at += SLICE) {
      if (at > 0) await new Promise<void>((resolve) => setImmediate(resolve));
      changed.push(...applySeen(this.#live, sweep.seen.slice(at, at + SLICE), seen, time));
    }
    changed.push(...applyUnseen(this.#live, sweep, seen, time));
    return changed;
  }

  async #record(job: TrackedJob): Promise<void> {
    if (job.ending) job.ending = (await this.#options.onEnd(job, job.ending)) ?? job.ending;
  }

  async #publish(changed: readonly TrackedJob[]): Promise<void> {
    for (const job of changed) if (!job.ending) job.wake();
    const ended = changed.filter(({ ending }) => ending !== undefined);
    await Promise.all(ended.map((job) => this.#record(job)));
    for (const job of ended) {
      if (!job.ending) continue;
      job.status = job.ending;
      job.ending = undefined;
      job.end(job.status);
    }
    const settled = new Set([...changed, ...this.#lookedAtAgain]);
    this.#lookedAtAgain.clear();
    for (const job of settled) {
      if (job.status.state === 'lost') this.#lost.add(job);
      else if (this.#lost.size > 0) this.#lost.delete(job);
      if (isFinal(job.status)) this.#live.delete(job);
    }
  }
}
