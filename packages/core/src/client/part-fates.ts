import { ScijobError } from '../errors/scijob-error.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { JobChange } from '../ledger/ledger-record.ts';
import type { FindOutcome, SubmitOutcome } from '../seam/outcomes.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { ComposedJob } from './composed-job.ts';
import type { LookUpOptions, PartSender } from './part-sender.ts';
import { cancelOf, knownParts, standingIntents } from './recorded-parts.ts';
import { cancelledBefore, NEVER_FOUND } from './refused-status.ts';

export interface PartFatesOptions {
  readonly job: ComposedJob;
  readonly sender: PartSender;
  /** Parts that were recorded in this session and not sent yet. */
  readonly fresh: readonly PartKey[];
  /** What is sent for a part, its inputs resolved. */
  readonly partOf: (
    key: PartKey,
    tasks: readonly TaskRange[] | undefined,
    change: JobChange | undefined,
  ) => Promise<Part>;
  readonly reread: () => Promise<JobHistory>;
}

/** Sends what an owner has recorded, once, and finds out what became of what somebody may have sent. */
export class PartFates {
  readonly #options: PartFatesOptions;
  readonly #fresh: Set<string>;
  readonly #unknownSinceMs = new Map<string, number>();

  constructor(options: PartFatesOptions) {
    this.#options = options;
    this.#fresh = new Set(options.fresh.map(({ token }) => token));
  }

  /** A part was recorded by this very session, and is to be sent. */
  add({ token }: PartKey): void {
    this.#fresh.add(token);
  }

  /** Parts that are recorded and of which nobody knows what became: sent now, or looked up when they may have been sent. */
  async settle(history: JobHistory, mayCreate: boolean): Promise<boolean> {
    const { sender, job } = this.#options;
    const newest = history.intents.at(-1);
    const cancel = cancelOf(history);
    const parts = knownParts(history, standingIntents(history)).filter(
      ({ outcome }) => outcome === undefined || outcome.outcome === 'unknown',
    );
    if (parts.length === 0) return false;
    if (newest) job.wait({ state: 'submitting', attempt: `${newest.submission}.0`, at: job.slot.now() });
    // What the backend was to wait for went with the first send only: sent again, the part would not be held.
    const isWired = standingIntents(history)[0]?.after?.some(({ native }) => native) ?? false;
    // Made ready one after the other, so that they are sent in their order.
    const sends: (() => Promise<FindOutcome | SubmitOutcome>)[] = [];
    const taken: string[] = [];
    for (const { submission, part, token, tasks, change, outcome } of parts) {
      const key: PartKey = { key: job.key, submission, part, token };
      if (!this.#fresh.delete(token)) {
        const again = mayCreate && !cancel && !isWired ? () => this.#options.partOf(key, tasks, change) : undefined;
        sends.push(() => this.#lookUp(key, { isNoted: outcome !== undefined, ...(again ? { again } : {}) }));
      } else if (cancel) sends.push(() => sender.refuse(key, cancelledBefore(cancel.reason)));
      else {
        taken.push(token);
        sends.push(await this.#madeReady(key, tasks, change, taken));
      }
    }
    // All of them, whatever becomes of one: what is under way must not be looked up.
    const settled = await Promise.allSettled(sends.map((send) => send()));
    job.update(await this.#options.reread());
    job.wait(undefined);
    const outcomes = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const fault = settled.find((one) => one.status === 'rejected');
    if (fault) throw fault.reason;
    const unknown = outcomes.find((outcome) => outcome.type === 'unknown');
    if (unknown && outcomes.every(({ type }) => type === 'unknown')) {
      throw sender.unknown(job.key, parts[0]?.submission ?? 1, messageOf(unknown.cause));
    }
    return true;
  }

  /** Past what the backend remembers, nobody will ever know: the part is lost, and is not sent again. */
  async #lookUp(key: PartKey, options: LookUpOptions): Promise<FindOutcome | SubmitOutcome> {
    const { sender, job } = this.#options;
    const { clock, adapter, name } = job.slot;
    const found = await sender.lookUp(key, new Error('its client died'), options);
    if (found.type !== 'unknown') return found;
    const sinceMs = this.#unknownSinceMs.get(key.token) ?? clock.monotonicMs();
    this.#unknownSinceMs.set(key.token, sinceMs);
    const { forgottenAfterSeconds } = adapter.capabilities;
    const isForgotten = forgottenAfterSeconds > 0 && clock.monotonicMs() - sinceMs > forgottenAfterSeconds * 1_000;
    if (!isForgotten) return found;
    const message = `Whether "${name}" took it was never found out (${messageOf(found.cause)}), and by now "${name}" has forgotten it. It is not sent again.`;
    return sender.refuse(key, { code: NEVER_FOUND, message, retryable: false });
  }

  async #madeReady(
    key: PartKey,
    tasks: readonly TaskRange[] | undefined,
    change: JobChange | undefined,
    taken: readonly string[],
  ): Promise<() => Promise<FindOutcome | SubmitOutcome>> {
    const { sender, partOf } = this.#options;
    try {
      const part = await partOf(key, tasks, change);
      return () => sender.deliver(part);
    } catch (error) {
      // An input that another job did not leave will not come by asking again. Anything else may: it was not sent.
      if (ScijobError.isInstance(error)) {
        return () => sender.refuse(key, { code: 'INPUT_MISSING', message: error.message, retryable: false });
      }
      for (const token of taken) this.#fresh.add(token);
      throw error;
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
