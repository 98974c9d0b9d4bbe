import { NotRecordedError } from '../errors/not-recorded-error.ts';
import { SubmitRefusedError } from '../errors/submit-refused-error.ts';
import { SubmitUnknownError } from '../errors/submit-unknown-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { partToken } from '../ids/part-token.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { IntentEntry, RecordedPart } from '../ledger/ledger-record.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { FindOutcome, Refusal, SubmitOutcome } from '../seam/outcomes.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { cancelDuplicates } from './cancel-duplicates.ts';
import { cutTasks } from './cut-tasks.ts';
import type { FindBatcher } from './find-batcher.ts';
import type { JobRequest } from './job-request.ts';
import type { Lane } from './lanes.ts';
import { dutyName } from './recorded-parts.ts';
import { submissionClaim } from './submission-claim.ts';
import type { SubmitBatcher } from './submit-batcher.ts';

/** A resolved job of at most this many characters travels in its intent; a larger one becomes a payload. */
const INLINE_LIMIT = 8 * 1_024;
const FIND_TRIES = 5;
/** Submissions that came to nothing for certain before a submit gives up. */
const SUBMISSION_LIMIT = 3;

export interface LookUpOptions {
  /** That nobody knows is recorded already. */
  readonly isNoted?: boolean;
  /** The very same part, for a backend that de-duplicates; left out by whoever may create no more work. */
  readonly again?: () => Promise<Part>;
}

/** Sends one submission of a key: intent durable before the first byte leaves, outcome durable before anybody hears of it. */
export class PartSender {
  readonly #slot: AdapterSlot;
  readonly #batcher: SubmitBatcher;
  readonly #finder: FindBatcher;
  readonly #ledger: Ledger;

  constructor({ slot, batcher, finder }: Lane, ledger: Ledger) {
    this.#slot = slot;
    this.#batcher = batcher;
    this.#finder = finder;
    this.#ledger = ledger;
  }

  async send(key: string, number: number, request: JobRequest, tries = 1): Promise<JobRef> {
    const partKey = this.#partKey(key, number);
    await this.#ledger.append(await this.#intent(partKey, request));
    return this.#settle(partKey, request, await this.#batcher.submit(onlyPart(partKey, request)), tries);
  }

  /** Records a job that its owner will have more to do for: parts that can be sent at once are named, none while it is held. */
  async record(key: string, number: number, request: JobRequest): Promise<readonly PartKey[]> {
    const { plan, resolved } = request;
    const count = resolved.array?.count;
    const isLater = plan.duties.some((duty) => duty === 'dependency' || duty === 'next-part');
    const cuts = count === undefined ? [undefined] : cutTasks([[0, count - 1]], plan.itemsPerPart ?? count);
    const parts = (isLater ? [] : cuts).map((tasks, part): RecordedPart & { readonly key: PartKey } => {
      const token = partToken(this.#ledger.id, key, number, part);
      return { part, token, ...(tasks ? { tasks } : {}), key: { key, submission: number, part, token } };
    });
    const intent = await this.#intent(this.#partKey(key, number), request);
    await this.#ledger.append({ ...intent, parts: parts.map(({ key: _key, ...one }) => one) });
    return parts.map((one) => one.key);
  }

  /** A submission without an outcome, its owner gone: the backend knows whether it exists. */
  async recover(key: string, number: number, request: JobRequest): Promise<JobRef> {
    return this.#settle(
      this.#partKey(key, number),
      request,
      { type: 'unknown', cause: new Error('its client died') },
      0,
    );
  }

  /** Sends a recorded part, once, and records what became of it. */
  async deliver(part: Part): Promise<FindOutcome | SubmitOutcome> {
    return this.#conclude(part.key, await this.#batcher.submit(part), { again: async () => part });
  }

  /** Asks what became of a part that may have been sent, and records the answer. */
  async lookUp(key: PartKey, cause: unknown, options: LookUpOptions = {}): Promise<FindOutcome | SubmitOutcome> {
    return this.#conclude(key, { type: 'unknown', cause }, options);
  }

  /** Records that a part will never be sent, and why. */
  async refuse({ key, submission, part }: PartKey, error: Refusal): Promise<SubmitOutcome> {
    await this.#ledger.append({ type: 'outcome', key, submission, part, outcome: 'refused', error });
    return { type: 'refused', error };
  }

  async #conclude(
    partKey: PartKey,
    sent: SubmitOutcome,
    { isNoted = false, again }: LookUpOptions,
  ): Promise<FindOutcome | SubmitOutcome> {
    const { key, submission, part } = partKey;
    const record = { type: 'outcome', key, submission, part } as const;
    const outcome = sent.type === 'unknown' ? await this.#find(partKey, sent.cause, again) : sent;
    switch (outcome.type) {
      case 'accepted':
      case 'found':
        await this.#ledger.append({ ...record, outcome: 'accepted', nativeId: outcome.nativeId });
        if (outcome.type === 'found') await this.#noteDuplicates(record, outcome.duplicates);
        break;
      case 'refused':
        await this.#ledger.append({ ...record, outcome: 'refused', error: outcome.error });
        break;
      case 'absent':
        await this.#ledger.append({ ...record, outcome: 'absent', evidence: outcome.evidence });
        break;
      case 'unknown':
        // Once is enough.
        if (isNoted) break;
        // Whether this is written or not: that it was recorded at all says that it may exist.
        await this.#ledger.append({ ...record, outcome: 'unknown', cause: messageOf(outcome.cause) }).catch(() => {});
        break;
    }
    return outcome;
  }

  /** Others that the backend has under the same key: the join of the outcomes names them, and they are asked to stop. */
  async #noteDuplicates(
    record: { readonly type: 'outcome'; readonly key: string; readonly submission: number; readonly part: number },
    nativeIds: readonly string[] = [],
  ): Promise<void> {
    for (const nativeId of nativeIds) {
      await this.#ledger.append({ ...record, outcome: 'accepted', nativeId, duplicate: true });
    }
    const history = nativeIds.length > 0 ? await this.#ledger.readJob(record.key) : undefined;
    if (history) await cancelDuplicates(this.#slot, this.#ledger, history);
  }

  /** Turns an outcome into a ref: an unknown one is looked up, an absent one may be followed by the next number. */
  async #settle(partKey: PartKey, request: JobRequest, sent: SubmitOutcome, tries: number): Promise<JobRef> {
    const { key, submission, part } = partKey;
    const record = { type: 'outcome', key, submission, part } as const;
    const again = async () => onlyPart(partKey, request);
    const outcome = sent.type === 'unknown' ? await this.#find(partKey, sent.cause, again) : sent;
    switch (outcome.type) {
      case 'accepted':
      case 'found': {
        const ref = await this.#accepted(partKey, request, outcome.nativeId);
        if (outcome.type === 'found') await this.#noteDuplicates(record, outcome.duplicates);
        return ref;
      }
      case 'refused':
        await this.#ledger.append({ ...record, outcome: 'refused', error: outcome.error });
        // One error for what cannot be honoured, whoever found out.
        if (outcome.error.code === 'UNSUPPORTED') throw new UnsupportedError(outcome.error.message);
        throw new SubmitRefusedError(this.#slot.name, outcome.error);
      case 'absent': {
        await this.#ledger.append({ ...record, outcome: 'absent', evidence: outcome.evidence });
        if (tries >= SUBMISSION_LIMIT) {
          throw new SubmitUnknownError(
            `The job ${JSON.stringify(key)} did not arrive at "${this.#slot.name}" in ${tries} submissions; none of them exists. Look at the backend, then submit again.`,
          );
        }
        const claim = await this.#ledger.claim(submissionClaim(key, submission + 1));
        if (claim.type === 'won') return this.send(key, submission + 1, request, tries + 1);
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

  /** Nobody knows whether it exists, and `why`. */
  unknown(key: string, number: number, why: string): SubmitUnknownError {
    return this.#unknown(this.#partKey(key, number), why);
  }

  #unknown({ key, token }: PartKey, why: string, cause?: unknown): SubmitUnknownError {
    return new SubmitUnknownError(
      `Whether "${this.#slot.name}" took the job ${JSON.stringify(key)} is not known (${why}), and it was not sent again. ` +
        `Submit it once more with \`key: ${JSON.stringify(key)}\`: what exists is then found, not doubled. Its name there contains "${token}".`,
      { cause },
    );
  }

  /**
   * Where the backend de-duplicates by token, what is not there may still arrive, and another number would then be a second
   * job: the same one is sent again instead.
   */
  async #find(
    partKey: PartKey,
    sentCause: unknown,
    again: LookUpOptions['again'],
  ): Promise<FindOutcome | SubmitOutcome> {
    const isToken = this.#slot.adapter.capabilities.submitOnce === 'token';
    let cause = sentCause;
    for (let attempt = 0; attempt < FIND_TRIES; attempt += 1) {
      const found = await this.#finder.find(partKey);
      if (found.type === 'found' || (found.type === 'absent' && !isToken)) return found;
      if (found.type === 'unknown') cause = found.cause ?? cause;
      else if (again) {
        const sent = await this.#batcher.submit(await again());
        if (sent.type !== 'unknown') return sent;
        cause = sent.cause;
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
      ...(Object.keys(request.placing as object).length > 0 ? { placing: request.placing } : {}),
      ...(request.dependencies.length > 0 ? { after: request.dependencies } : {}),
      duties: request.plan.duties.map((duty) => dutyName(duty, submission)),
    };
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A job of one part. */
function onlyPart(key: PartKey, { resolved, after }: JobRequest): Part {
  const count = resolved.array?.count;
  return { key, job: resolved, ...(count === undefined ? {} : { tasks: [[0, count - 1]] as const }), after };
}
