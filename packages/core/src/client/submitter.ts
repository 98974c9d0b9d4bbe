import { ScijobError } from '../errors/scijob-error.ts';
import { SubmitRefusedError } from '../errors/submit-refused-error.ts';
import { createJobKey } from '../ids/job-key.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { ClaimHolder, Ledger } from '../ledger/ledger.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { cancelDuplicates } from './cancel-duplicates.ts';
import type { ComposedJob } from './composed-job.ts';
import type { Begin, ComposedJobs } from './composed-jobs.ts';
import { refOfHistory } from './job-history-ref.ts';
import type { JobRequest } from './job-request.ts';
import { KeyOwnership } from './key-ownership.ts';
import type { Lane } from './lanes.ts';
import { needsComposing } from './needs-composing.ts';
import { needsOwner } from './needs-owner.ts';
import { PartSender } from './part-sender.ts';
import { type KnownPart, knownParts, openDuties, standingIntents } from './recorded-parts.ts';
import { requireNotArchived } from './require-not-archived.ts';
import { requireSameJob } from './require-same-job.ts';
import { submissionClaim } from './submission-claim.ts';

export interface Submitted {
  /** For a job of one part. */
  readonly ref: JobRef;
  /** For a job with duties or several parts. */
  readonly composed?: ComposedJob;
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
  readonly #lane: Lane;
  readonly #composed: ComposedJobs | undefined;

  constructor(lane: Lane, ledger: Ledger, composed: ComposedJobs | undefined) {
    this.#lane = lane;
    this.#slot = lane.slot;
    this.#ledger = ledger;
    this.#composed = composed;
    this.#sender = new PartSender(lane, ledger);
    this.#ownership = new KeyOwnership(lane.slot, ledger);
  }

  async submit(request: JobRequest, signal?: AbortSignal): Promise<Submitted> {
    const release = keepAlive();
    try {
      // Asked for before the intent: a backend that cannot be reached leaves no record of a job behind.
      await this.#reach(signal);
      if (request.key === undefined) {
        return await this.#sendNew(createJobKey(this.#slot.clock.now()), 1, request);
      }
      return await this.#submitNamed(request.key, request, signal);
    } finally {
      release();
    }
  }

  /** Nothing was sent, nor recorded: whatever is wrong, the same call may be made again. */
  async #reach(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#slot.target(signal);
    } catch (cause) {
      signal?.throwIfAborted();
      if (ScijobError.isInstance(cause)) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new SubmitRefusedError(this.#slot.name, { code: 'UNREACHABLE', message, retryable: true }, { cause });
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
    if (!needsOwner(request)) return { ref: await this.#sender.send(key, number, request), isNew: true };
    this.#requireComposed().reserve(key);
    try {
      const fresh = await this.#sender.record(key, number, request);
      const history = await this.#ledger.readJob(key);
      if (!history) throw new TypeError(`The intent of ${JSON.stringify(key)} was recorded and cannot be read.`);
      return await this.#begin(history, { fresh, after: request.after, isTakenOver: false }, true);
    } catch (error) {
      this.#requireComposed().releaseIdle(this.#slot, key);
      throw error;
    }
  }

  /** The first part sent, or the job held: by this session, which acts for it from now on. */
  async #begin(history: JobHistory, begin: Begin, isNew: boolean): Promise<Submitted> {
    const { key } = history;
    const composed = await this.#requireComposed().of(this.#slot, history);
    const owner = await this.#requireComposed().own(this.#lane, composed, begin);
    if (!owner) throw this.#sender.unknown(key, 1, 'another client of this process acts for it');
    await owner.whenBegun();
    return { ref: composed.subject.ref, composed, isNew, history: composed.history };
  }

  #requireComposed(): ComposedJobs {
    if (this.#composed) return this.#composed;
    throw new TypeError('A job with duties was submitted without anybody to act for it.');
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
      await cancelDuplicates(this.#slot, this.#ledger, history);
      const number = history.intents.at(-1)?.submission ?? 1;
      if (needsComposing(history) && !isNothing(history)) {
        if (isBegun(history)) return { ref: refOfHistory(history), history, isNew: false };
        if (this.#requireComposed().reserve(key) && (await this.#ownership.mayAct(key, history))) {
          history = (await this.#ledger.readJob(key)) ?? history;
          const begun = await this.#begin(history, { fresh: [], after: [], isTakenOver: true }, false).catch(
            async (error: unknown) => {
              // Nothing of it had arrived: this very call may send it, by the next number.
              const now = await this.#ledger.readJob(key);
              if (!SubmitRefusedError.isInstance(error) || !now || !isNothing(now)) throw error;
              history = now;
              return undefined;
            },
          );
          if (begun) return begun;
          continue;
        }
        this.#requireComposed().releaseIdle(this.#slot, key);
        await wait();
        history = (await this.#ledger.readJob(key)) ?? history;
        continue;
      }
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
}

/** Nothing of this key was ever sent for certain, nor will be: it holds no job yet. */
export function isNothing(history: JobHistory): boolean {
  if (
    openDuties(history).length > 0 ||
    history.intents.some(({ duties }) => duties.some((duty) => duty.startsWith('dependency')))
  )
    return false;
  const isRefused = ({ outcome }: KnownPart) => outcome?.outcome === 'refused' || outcome?.outcome === 'absent';
  const refused = knownParts(history, history.intents);
  return (
    refused.length > 0 && refused.every(isRefused) && refused.some(({ outcome }) => outcome?.outcome === 'refused')
  );
}

/** Somebody was given a handle of it: a part was accepted, or it is held. */
function isBegun(history: JobHistory): boolean {
  const duties = openDuties(history);
  if (duties.some(({ duty }) => duty === 'dependency')) return true;
  const parts = knownParts(history, standingIntents(history));
  if (parts.some(({ outcome }) => outcome?.outcome === 'accepted')) return true;
  return duties.length === 0 && parts.every(({ outcome }) => outcome?.outcome === 'refused');
}
