import { createJobKey } from '../ids/job-key.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { ClaimHolder, Ledger } from '../ledger/ledger.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { refOfHistory } from './job-history-ref.ts';
import type { JobRequest } from './job-request.ts';
import { KeyOwnership } from './key-ownership.ts';
import { PartSender } from './part-sender.ts';
import { requireNotArchived } from './require-not-archived.ts';
import { requireSameJob } from './require-same-job.ts';
import { submissionClaim } from './submission-claim.ts';
import type { SubmitBatcher } from './submit-batcher.ts';

export interface Submitted {
  readonly ref: JobRef;
  /** Whether this very call created the job. */
  readonly isNew: boolean;
  /** When the job was there already: what the ledger knows of it. */
  readonly history?: JobHistory;
}

/**
 * Takes a job to its backend such that no key ever has two: intent durable before the first byte leaves, the native id
 * before the caller has it, a number sent once, and an unknown outcome looked up, never sent again.
 */
export class Submitter {
  readonly #slot: AdapterSlot;
  readonly #ledger: Ledger;
  readonly #sender: PartSender;
  readonly #ownership: KeyOwnership;

  constructor(slot: AdapterSlot, batcher: SubmitBatcher, ledger: Ledger) {
    this.#slot = slot;
    this.#ledger = ledger;
    this.#sender = new PartSender(slot, batcher, ledger);
    this.#ownership = new KeyOwnership(slot, ledger);
  }

  async submit(request: JobRequest, signal?: AbortSignal): Promise<Submitted> {
    const release = keepAlive();
    try {
      // Asked for before the intent: a backend that cannot be reached leaves no record of a job behind.
      await this.#slot.target(signal);
      if (request.key === undefined) {
        const key = createJobKey(this.#slot.clock.now());
        return { ref: await this.#sender.send(key, 1, request), isNew: true };
      }
      return await this.#submitNamed(request.key, request, signal);
    } finally {
      release();
    }
  }

  async #submitNamed(key: string, request: JobRequest, signal: AbortSignal | undefined): Promise<Submitted> {
    const claim = await this.#ledger.claim(submissionClaim(key, 1));
    // A key that core made up has no claim: its job is known by its record alone.
    const history =
      claim.type === 'won' ? await this.#ledger.readJob(key) : await this.#awaitIntent(key, claim.by, signal);
    return history ? this.#again(key, history, request, signal) : this.#sendNew(key, 1, request);
  }

  async #sendNew(key: string, number: number, request: JobRequest): Promise<Submitted> {
    return { ref: await this.#sender.send(key, number, request), isNew: true };
  }

  /** The winner of a claim records its intent at once. When it died between the two, the claim is ours by a takeover: `undefined`. */
  async #awaitIntent(
    key: string,
    winner: ClaimHolder,
    signal: AbortSignal | undefined,
  ): Promise<JobHistory | undefined> {
    const wait = this.#ownership.waiting(key, winner.session, signal);
    for (;;) {
      const history = await this.#ledger.readJob(key);
      if (history) return history;
      // Read once more under the claim: the record may have come between our look and the winner's death.
      if (await this.#ownership.takeOver(key, winner.session)) {
        await requireNotArchived(this.#ledger, key, winner);
        return this.#ledger.readJob(key);
      }
      // A winner that still lives writes at once; one that did not may have archived what it wrote.
      if (await wait()) await requireNotArchived(this.#ledger, key, winner);
    }
  }

  /** The key is known: the same job gives back what there is, finished or not; what came to nothing for certain is submitted anew. */
  async #again(
    key: string,
    known: JobHistory,
    request: JobRequest,
    signal: AbortSignal | undefined,
  ): Promise<Submitted> {
    let history = known;
    const wait = this.#ownership.waiting(key, known.owner, signal);
    for (;;) {
      if (!isNothing(history)) await requireSameJob(history, request, this.#slot, this.#ledger);
      this.#reportDuplicates(history);
      const number = history.intents.at(-1)?.submission ?? 1;
      const outcome = history.outcomes.find((one) => one.submission === number && one.part === 0)?.outcome;
      if (outcome === 'accepted') return { ref: refOfHistory(history), history, isNew: false };
      if (outcome === 'refused' || outcome === 'absent') return this.#next(key, number + 1, request, signal);
      if (await this.#ownership.mayAct(key, history)) {
        return { ref: await this.#sender.recover(key, number, request), history, isNew: false };
      }
      // Its owner lives, and has given up: nobody is going to say more.
      if (outcome === 'unknown') throw this.#sender.unknown(key, number, 'its own client could not find out');
      await wait();
      history = (await this.#ledger.readJob(key)) ?? history;
    }
  }

  async #next(key: string, number: number, request: JobRequest, signal: AbortSignal | undefined): Promise<Submitted> {
    const name = submissionClaim(key, number);
    const claim = await this.#ledger.claim(name);
    if (claim.type === 'won') return this.#sendNew(key, number, request);
    const wait = this.#ownership.waiting(key, claim.by.session, signal);
    for (;;) {
      const mine = await this.#ownership.takeOver(name, claim.by.session);
      const history = await this.#ledger.readJob(key);
      if (history?.intents.some(({ submission }) => submission >= number)) {
        return this.#again(key, history, request, signal);
      }
      if (mine) {
        await requireNotArchived(this.#ledger, key, claim.by);
        return this.#sendNew(key, number, request);
      }
      await wait();
    }
  }

  /** Rule 1: what came to exist twice is said; `submitOnce: 'guard'` backends let only the first run. */
  #reportDuplicates({ key, duplicates }: JobHistory): void {
    if (duplicates.length === 0) return;
    const ids = duplicates.map(({ nativeId }) => nativeId);
    this.#slot.logger.error(
      { adapter: this.#slot.name, key, duplicates: ids },
      'A job was accepted more than once; the later ones are duplicates.',
    );
  }
}

/** Nothing of this key was ever sent for certain: it holds no job yet. */
export function isNothing(history: JobHistory): boolean {
  return history.intents.every(({ submission }) =>
    history.outcomes.some((one) => one.submission === submission && one.outcome === 'refused'),
  );
}
