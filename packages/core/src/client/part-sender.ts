import { NotRecordedError } from '../errors/not-recorded-error.ts';
import { SubmitRefusedError } from '../errors/submit-refused-error.ts';
import { SubmitUnknownError } from '../errors/submit-unknown-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { partToken } from '../ids/part-token.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { IntentEntry } from '../ledger/ledger-record.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { SubmitOutcome } from '../seam/outcomes.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { JobRequest } from './job-request.ts';
import { submissionClaim } from './submission-claim.ts';
import type { SubmitBatcher } from './submit-batcher.ts';

/** A resolved job of at most this many characters travels in its intent; a larger one becomes a payload. */
const INLINE_LIMIT = 8 * 1_024;
const FIND_TRIES = 5;
/** Submissions that came to nothing for certain before a submit gives up. */
const SUBMISSION_LIMIT = 3;

/** Sends one submission of a key: intent durable before the first byte leaves, outcome durable before anybody hears of it. */
export class PartSender {
  readonly #slot: AdapterSlot;
  readonly #batcher: SubmitBatcher;
  readonly #ledger: Ledger;

  constructor(slot: AdapterSlot, batcher: SubmitBatcher, ledger: Ledger) {
    this.#slot = slot;
    this.#batcher = batcher;
    this.#ledger = ledger;
  }

  async send(key: string, number: number, request: JobRequest): Promise<JobRef> {
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

  /** A submission without an outcome, its owner gone: the backend knows whether it exists. */
  async recover(key: string, number: number, request: JobRequest): Promise<JobRef> {
    return this.#settle(this.#partKey(key, number), request, { type: 'unknown', cause: new Error('its client died') });
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
        if (claim.type === 'won') return this.send(key, submission + 1, request);
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
