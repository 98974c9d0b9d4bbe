import { SubmitUnknownError } from '../errors/submit-unknown-error.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SessionIdentity } from '../ledger/session-identity.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { submissionClaim } from './submission-claim.ts';

/** Between two looks at what another session records. */
const FIRST_DELAY_MS = 5;
const LAST_DELAY_MS = 500;
/** How long another client may be silent about a submit of the same key. */
const PATIENCE_MS = 180_000;

/** Who may act for a key: many may ask, one may send. */
export class KeyOwnership {
  readonly #slot: AdapterSlot;
  readonly #ledger: Ledger;

  constructor(slot: AdapterSlot, ledger: Ledger) {
    this.#slot = slot;
    this.#ledger = ledger;
  }

  /** Pauses between two looks at what another session does, longer and longer; gives up after two minutes. True when it became slow. */
  waiting(key: string, other: SessionIdentity, signal: AbortSignal | undefined): () => Promise<boolean> {
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
  async takeOver(what: string, holder: SessionIdentity): Promise<boolean> {
    for (let session = holder; ; ) {
      if (session.id === this.#ledger.session.id) return true;
      if ((await this.#ledger.sessionState(session)) !== 'dead') return false;
      const claim = await this.#ledger.claim(`${what}\0takeover\0${session.id}`);
      if (claim.type === 'won') return true;
      session = claim.by.session;
    }
  }

  /** Whether this session may find out what became of a submission without an outcome: it is the owner, or takes over from a dead one. */
  async mayAct(key: string, { owner, intents }: JobHistory): Promise<boolean> {
    if (owner.id === this.#ledger.session.id) return true;
    const submission = intents.at(-1)?.submission ?? 1;
    if (!(await this.takeOver(submission === 1 ? key : submissionClaim(key, submission), owner))) return false;
    await this.#ledger.append({ type: 'takeover', key, submission, from: owner.id });
    return true;
  }
}
