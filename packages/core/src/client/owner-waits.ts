import type { JobHistory } from '../ledger/job-history.ts';
import { isFinal, type LiveStatus } from '../state/job-status.ts';
import type { ComposedJob } from './composed-job.ts';
import type { DependencyWatch } from './dependency-watch.ts';
import { cancelOf } from './recorded-parts.ts';

const FIRST_TICK_MS = 1_000;
/** How soon an owner hears of a cancel that another process wrote down: whatever this process learns wakes it at once. */
export const LAST_TICK_MS = 60_000;

export interface OwnerWaitsOptions {
  readonly job: ComposedJob;
  readonly dependencies: DependencyWatch;
  readonly reread: () => Promise<JobHistory>;
  readonly signal: AbortSignal;
}

/** How an owner waits: for what it is waiting for, for a cancel, and never longer than a minute without reading the ledger. */
export class OwnerWaits {
  readonly #options: OwnerWaitsOptions;
  #tickMs = FIRST_TICK_MS;

  constructor(options: OwnerWaitsOptions) {
    this.#options = options;
  }

  /** Until something happens to a part or to what is waited for, or it is time to read the ledger again. */
  async forChange(isHeld: boolean): Promise<void> {
    const { job, dependencies, signal } = this.#options;
    const { subject, slot } = job;
    const isAlive = subject.state.parts.some((part) => part.subject && !isFinal(part.subject.status));
    if (isHeld) this.show(isAlive ? 'limit' : 'dependency');
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    const { version } = subject;
    try {
      const changes = [
        subject.waitForChange(version, either).then(() => true),
        // While a part runs, a cancel goes to the backend, and its end wakes us: only who holds something back reads the ledger.
        ...(isHeld
          ? [dependencies.changed(either).then(() => true), slot.clock.sleep(this.#tickMs, either).then(() => false)]
          : []),
      ];
      for (const change of changes) change.catch(() => {});
      const hasChanged = await Promise.race(changes);
      this.#tickMs = hasChanged ? FIRST_TICK_MS : Math.min(this.#tickMs * 2, LAST_TICK_MS);
    } finally {
      waiting.abort();
    }
  }

  /** Shows what the job is held by. */
  show(waitingFor: NonNullable<LiveStatus['waitingFor']>): void {
    const { job } = this.#options;
    const { status } = job.subject;
    const attempt = `${job.history.intents.at(-1)?.submission ?? 1}.0` as const;
    if (status.state === 'held' && status.waitingFor === waitingFor && status.attempt === attempt) return;
    job.wait({ state: 'held', attempt, at: job.slot.now(), waitingFor });
  }

  /** Ends early when the job is cancelled, here or, as the ledger is read from time to time, by another process. */
  async sleep(ms: number): Promise<void> {
    const { job, signal } = this.#options;
    const { clock } = job.slot;
    const untilMs = clock.monotonicMs() + ms;
    while (!cancelOf(job.history)) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return;
      const waiting = new AbortController();
      const either = AbortSignal.any([signal, waiting.signal]);
      const changes = [
        job.subject.waitForChange(job.subject.version, either),
        clock.sleep(Math.min(leftMs, LAST_TICK_MS), either),
      ];
      for (const change of changes) change.catch(() => {});
      try {
        await Promise.race(changes);
      } finally {
        waiting.abort();
      }
      if (leftMs > LAST_TICK_MS) job.update(await this.#options.reread());
    }
  }
}
