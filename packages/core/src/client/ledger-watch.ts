import type { Ledger } from '../ledger/ledger.ts';
import { createCadence, DEFAULT_CADENCE } from '../tracker/cadence.ts';
import type { ComposedJob } from './composed-job.ts';

interface Watched {
  /** Called once the owner is dead; absent for whoever only watches. */
  readonly onOwnerDead: (() => Promise<void>) | undefined;
}

/** Follows, by what the ledger says, jobs that another session acts for: one timer for all. */
export class LedgerWatch {
  readonly #ledger: Ledger;
  readonly #signal: AbortSignal;
  readonly #watched = new Map<ComposedJob, Watched>();
  #running: Promise<void> | undefined;

  readonly #isActing: (key: string) => boolean;

  /** `isActing`: whether some client of this very session acts for a key. */
  constructor(ledger: Ledger, signal: AbortSignal, isActing: (key: string) => boolean) {
    this.#isActing = isActing;
    this.#ledger = ledger;
    this.#signal = signal;
  }

  add(job: ComposedJob, onOwnerDead: (() => Promise<void>) | undefined): void {
    const known = this.#watched.get(job);
    this.#watched.set(job, { onOwnerDead: onOwnerDead ?? known?.onOwnerDead });
    this.#running ??= this.#run(job.slot.clock).finally(() => {
      this.#running = undefined;
    });
  }

  forget(job: ComposedJob): void {
    this.#watched.delete(job);
  }

  async close(): Promise<void> {
    this.#watched.clear();
    await this.#running?.catch(() => {});
  }

  /** One look at what the ledger says of a job, and whether its owner lives. `true` when something changed. */
  async look(job: ComposedJob): Promise<boolean> {
    const history = await this.#ledger.readJob(job.key);
    const before = job.subject.status;
    if (history && hasNews(job, history)) job.update(history);
    if (job.subject.duties.length === 0) {
      this.#watched.delete(job);
      return true;
    }
    const { owner, key } = job.history;
    // Several clients may share one session: it lives on when the one that acted is closed.
    const isOurs = owner.id === this.#ledger.session.id;
    const isDead = isOurs ? !this.#isActing(key) : (await this.#ledger.sessionState(owner)) === 'dead';
    job.ownerIsDead(isDead);
    if (isDead) await this.#watched.get(job)?.onOwnerDead?.();
    return job.subject.status !== before;
  }

  async #run(clock: ComposedJob['slot']['clock']): Promise<void> {
    const cadence = createCadence(DEFAULT_CADENCE);
    while (this.#watched.size > 0 && !this.#signal.aborted) {
      let hasChanged = false;
      for (const job of [...this.#watched.keys()]) {
        try {
          hasChanged = (await this.look(job)) || hasChanged;
        } catch (error) {
          if (this.#signal.aborted) return;
          job.slot.logger.warn({ key: job.key, err: error }, 'What another session does for a job could not be read.');
        }
      }
      if (hasChanged) cadence.hurry();
      await clock.sleep(cadence.next(), this.#signal).catch(() => {});
    }
  }
}

/** Records are only ever added. */
function hasNews({ history: known }: ComposedJob, now: ComposedJob['history']): boolean {
  const lengths = ({ intents, parts, outcomes, ends, partEnds, duties, cancels, owner }: ComposedJob['history']) =>
    `${intents.length} ${parts.length} ${outcomes.map((one) => one.outcome).join()} ${ends.length} ${partEnds.length} ${duties.map((one) => one.state).join()} ${cancels.length} ${owner.id}`;
  return lengths(known) !== lengths(now);
}
