import { KeyConflictError } from '../errors/key-conflict-error.ts';
import { NotRecordedError } from '../errors/not-recorded-error.ts';
import { SubmitRefusedError } from '../errors/submit-refused-error.ts';
import { SubmitUnknownError } from '../errors/submit-unknown-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import { createJobKey } from '../ids/job-key.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { partToken } from '../ids/part-token.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { ClaimHolder, Ledger } from '../ledger/ledger.ts';
import type { IntentEntry } from '../ledger/ledger-record.ts';
import type { SessionIdentity } from '../ledger/session-identity.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { SubmitOutcome } from '../seam/outcomes.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { refOfHistory, standingIntent } from './job-history-ref.ts';
import { differingFields, type JobRequest } from './job-request.ts';
import { readResolvedText } from './read-resolved.ts';
import { requireNotArchived } from './require-not-archived.ts';
import type { SubmitBatcher } from './submit-batcher.ts';

/** A resolved job of at most this many characters travels in its intent; a larger one becomes a payload. */
const INLINE_LIMIT = 8 * 1_024;
const FIND_TRIES = 5;
/** Submissions that came to nothing for certain before a submit gives up. */
const SUBMISSION_LIMIT = 3;
/** Between two looks at what another session records. */
const FIRST_DELAY_MS = 5;
const LAST_DELAY_MS = 500;
/** How long another client may be silent about a submit of the same key. */
const PATIENCE_MS = 120_000;

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
  readonly #batcher: SubmitBatcher;
  readonly #ledger: Ledger;

  constructor(slot: AdapterSlot, batcher: SubmitBatcher, ledger: Ledger) {
    this.#slot = slot;
    this.#batcher = batcher;
    this.#ledger = ledger;
  }

  async submit(request: JobRequest, signal?: AbortSignal): Promise<Submitted> {
    const release = keepAlive();
    try {
      // Asked for before the intent: a backend that cannot be reached leaves no record of a job behind.
      await this.#slot.target(signal);
      if (request.key === undefined) {
        const key = createJobKey(this.#slot.clock.now());
        return { ref: await this.#send(key, 1, request), isNew: true };
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
    return { ref: await this.#send(key, number, request), isNew: true };
  }

  /** The winner of a claim records its intent at once. When it died between the two, the claim is ours by a takeover: `undefined`. */
  async #awaitIntent(
    key: string,
    winner: ClaimHolder,
    signal: AbortSignal | undefined,
  ): Promise<JobHistory | undefined> {
    const wait = this.#waiting(key, winner.session, signal);
    for (;;) {
      const history = await this.#ledger.readJob(key);
      if (history) return history;
      // Read once more under the claim: the record may have come between our look and the winner's death.
      if (await this.#takeOver(key, winner.session)) {
        await requireNotArchived(this.#ledger, key, winner);
        return this.#ledger.readJob(key);
      }
      // A winner that still lives writes at once; one that did not may have archived what it wrote.
      if (await wait()) await requireNotArchived(this.#ledger, key, winner);
    }
  }

  /** Pauses between two looks at what another session does, longer and longer; gives up after two minutes. True when it became slow. */
  #waiting(key: string, other: SessionIdentity, signal: AbortSignal | undefined): () => Promise<boolean> {
    const { clock, logger, name } = this.#slot;
    const begunMs = clock.monotonicMs();
    let delayMs = FIRST_DELAY_MS;
    return async () => {
      const who = `process ${other.pid} on ${other.host}`;
      if (clock.monotonicMs() - begunMs > PATIENCE_MS) {
        throw new SubmitUnknownError(
          `Another client (${who}) has the key ${JSON.stringify(key)} and does not say what became of its submit. Ask again later, or end that client.`,
        );
      }
      await clock.sleep(delayMs, signal);
      const isSlow = delayMs === LAST_DELAY_MS;
      delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
      if (!isSlow && delayMs === LAST_DELAY_MS) {
        logger.warn({ adapter: name, key }, `Waiting for another client (${who}) that is submitting the same key.`);
      }
      return isSlow;
    };
  }

  /** Whether this session may act for another: it is its own, or that one is dead and everybody who took over from it, too. */
  async #takeOver(what: string, holder: SessionIdentity): Promise<boolean> {
    for (let session = holder; ; ) {
      if (session.id === this.#ledger.session.id) return true;
      if ((await this.#ledger.sessionState(session)) !== 'dead') return false;
      const claim = await this.#ledger.claim(`${what}\0takeover\0${session.id}`);
      if (claim.type === 'won') return true;
      session = claim.by.session;
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
    const wait = this.#waiting(key, known.owner, signal);
    for (;;) {
      if (!isNothing(history)) await this.#requireSameJob(key, history, request);
      this.#reportDuplicates(history);
      const number = history.intents.at(-1)?.submission ?? 1;
      const outcome = history.outcomes.find((one) => one.submission === number && one.part === 0)?.outcome;
      if (outcome === 'accepted') return { ref: refOfHistory(history), history, isNew: false };
      if (outcome === 'refused' || outcome === 'absent') return this.#next(key, number + 1, request, signal);
      if (await this.#mayAct(key, history)) {
        return { ref: await this.#recover(key, number, request), history, isNew: false };
      }
      // Its owner lives, and has given up: nobody is going to say more.
      if (outcome === 'unknown') throw this.#unknown(this.#partKey(key, number), 'its own client could not find out');
      await wait();
      history = (await this.#ledger.readJob(key)) ?? history;
    }
  }

  async #next(key: string, number: number, request: JobRequest, signal: AbortSignal | undefined): Promise<Submitted> {
    const name = submissionClaim(key, number);
    const claim = await this.#ledger.claim(name);
    if (claim.type === 'won') return this.#sendNew(key, number, request);
    const wait = this.#waiting(key, claim.by.session, signal);
    for (;;) {
      const mine = await this.#takeOver(name, claim.by.session);
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

  /** Whether this session may find out what became of a submission without an outcome: it is the owner, or takes over from a dead one. */
  async #mayAct(key: string, { owner }: JobHistory): Promise<boolean> {
    if (owner.id === this.#ledger.session.id) return true;
    if (!(await this.#takeOver(key, owner))) return false;
    await this.#ledger.append({ type: 'takeover', key, from: owner.id });
    return true;
  }

  async #requireSameJob(key: string, history: JobHistory, request: JobRequest): Promise<void> {
    const first = standingIntent(history);
    const fields: string[] = [];
    const target = await this.#slot.target();
    if (target.adapter !== first.target.adapter || target.id !== first.target.id) fields.push('on');
    if (first.jobHash !== request.hash) {
      const text = await readResolvedText(this.#ledger, first);
      fields.push(...(text === undefined ? ['the job'] : differingFields(JSON.parse(text), request.comparable)));
    }
    for (const { path, sizeBytes, sha256 } of first.inputs ?? []) {
      const now = request.fingerprints.find((one) => one.path === path);
      if (now && (now.sha256 !== sha256 || now.sizeBytes !== sizeBytes))
        fields.push(`the content of input ${JSON.stringify(path)}`);
    }
    if (fields.length > 0) throw new KeyConflictError(key, fields);
  }

  /** A submission without an outcome, its owner gone: the backend knows whether it exists. */
  async #recover(key: string, number: number, request: JobRequest): Promise<JobRef> {
    return this.#settle(this.#partKey(key, number), request, { type: 'unknown', cause: new Error('its client died') });
  }

  async #send(key: string, number: number, request: JobRequest): Promise<JobRef> {
    const partKey = this.#partKey(key, number);
    await this.#ledger.append(await this.#intent(partKey, request));
    const count = request.resolved.array?.count;
    const part: Part = {
      key: partKey,
      job: request.resolved,
      ...(count === undefined ? {} : { tasks: [[0, count - 1]] as const }),
      after: [],
    };
    return this.#settle(partKey, request, await this.#batcher.submit(part));
  }

  /** Turns an outcome into a ref: an unknown one is looked up, an absent one may be followed by the next number. */
  async #settle(partKey: PartKey, request: JobRequest, sent: SubmitOutcome): Promise<JobRef> {
    const { key, submission, part } = partKey;
    const record = { type: 'outcome', key, submission, part } as const;
    const outcome = sent.type === 'unknown' ? await this.#find(partKey, sent.cause) : sent;
    switch (outcome.type) {
      case 'accepted':
      case 'found':
        return this.#accepted(partKey, request, outcome.nativeId);
      case 'refused':
        await this.#ledger.append({ ...record, outcome: 'refused', error: outcome.error });
        // One error for what cannot be honoured, whoever found out.
        if (outcome.error.code === 'UNSUPPORTED') throw new UnsupportedError(outcome.error.message);
        throw new SubmitRefusedError(this.#slot.name, outcome.error);
      case 'absent': {
        await this.#ledger.append({ ...record, outcome: 'absent', evidence: outcome.evidence });
        if (submission >= SUBMISSION_LIMIT) {
          throw new SubmitUnknownError(
            `The job ${JSON.stringify(key)} did not arrive at "${this.#slot.name}" in ${submission} submissions; none of them exists. Look at the backend, then submit again.`,
          );
        }
        const claim = await this.#ledger.claim(submissionClaim(key, submission + 1));
        if (claim.type === 'won') return this.#send(key, submission + 1, request);
        throw new SubmitUnknownError(
          `Another session submits the job ${JSON.stringify(key)} at this moment; ask again with the same key.`,
        );
      }
      case 'unknown': {
        const cause = outcome.cause instanceof Error ? outcome.cause.message : String(outcome.cause);
        // Whether this is written or not: the intent alone says that the job may exist.
        await this.#ledger.append({ ...record, outcome: 'unknown', cause }).catch(() => {});
        throw this.#unknown(partKey, cause, outcome.cause);
      }
    }
  }

  #unknown({ key, token }: PartKey, why: string, cause?: unknown): SubmitUnknownError {
    return new SubmitUnknownError(
      `Whether "${this.#slot.name}" took the job ${JSON.stringify(key)} is not known (${why}), and it was not sent again. ` +
        `Submit it once more with \`key: ${JSON.stringify(key)}\`: what exists is then found, not doubled. Its name there contains "${token}".`,
      { cause },
    );
  }

  async #find(partKey: PartKey, sentCause: unknown) {
    let cause = sentCause;
    for (let attempt = 0; attempt < FIND_TRIES; attempt += 1) {
      try {
        const [found] = await this.#slot.call((context) => this.#slot.adapter.find([partKey], context));
        if (found && found.type !== 'unknown') return found;
        cause = found?.cause ?? cause;
      } catch (error) {
        cause = error;
      }
      if (attempt < FIND_TRIES - 1) await this.#slot.clock.sleep(250 * 2 ** attempt);
    }
    return { type: 'unknown' as const, cause };
  }

  async #accepted({ key, submission, part }: PartKey, request: JobRequest, nativeId: string): Promise<JobRef> {
    const target = await this.#slot.target();
    const count = request.resolved.array?.count;
    const ref: JobRef = {
      version: 1,
      target,
      key,
      jobHash: request.hash,
      submissions: [
        { number: submission, parts: [{ nativeId, ...(count === undefined ? {} : { tasks: [[0, count - 1]] }) }] },
      ],
      kind: request.resolved.kind,
      ...(count === undefined ? {} : { count }),
      places: request.places,
    };
    try {
      await this.#ledger.append({ type: 'outcome', key, submission, part, outcome: 'accepted', nativeId });
    } catch (cause) {
      throw new NotRecordedError(
        `"${this.#slot.name}" took the job as ${nativeId}, but the ledger could not be written: ${String(cause)}. ` +
          `The job runs. Keep its ref: ${encodeRef(ref)}`,
        { cause },
      );
    }
    return ref;
  }

  #partKey(key: string, submission: number): PartKey {
    return { key, submission, part: 0, token: partToken(this.#ledger.id, key, submission, 0) };
  }

  async #intent({ key, submission, token }: PartKey, request: JobRequest): Promise<IntentEntry> {
    const { resolved, text } = request;
    const target = await this.#slot.target();
    const inline = text.length <= INLINE_LIMIT;
    if (!inline) await this.#ledger.putPayload(text);
    const count = resolved.array?.count;
    return {
      type: 'intent',
      key,
      keyGiven: request.key !== undefined,
      submission,
      name: resolved.name,
      kind: resolved.kind,
      shape: count === undefined ? 'job' : 'array',
      ...(count === undefined ? {} : { count }),
      adapterId: this.#slot.adapter.id,
      adapterName: this.#slot.name,
      target,
      jobHash: request.hash,
      ...(inline ? { job: request.comparable } : { payload: request.hash }),
      ...(request.manifest ? { manifest: request.manifest.sha256 } : {}),
      ...(request.fingerprints.length > 0 ? { inputs: request.fingerprints } : {}),
      parts: [{ part: 0, token, ...(count === undefined ? {} : { tasks: [[0, count - 1]] as const }) }],
      places: request.places,
      ...(Object.keys(resolved.tags).length > 0 ? { tags: resolved.tags } : {}),
      duties: [],
    };
  }
}

/** Nothing of this key was ever sent for certain: it holds no job yet. */
export function isNothing(history: JobHistory): boolean {
  return history.intents.every(({ submission }) =>
    history.outcomes.some((one) => one.submission === submission && one.outcome === 'refused'),
  );
}

function submissionClaim(key: string, submission: number): string {
  return `${key}\0${submission}`;
}
