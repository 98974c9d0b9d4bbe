import { checkOutcomes } from '../seam/check-answer.ts';
import type { PrepareOutcome, SubmitOutcome } from '../seam/outcomes.ts';
import type { Part } from '../seam/part.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';

interface Waiter {
  readonly part: Part;
  readonly settle: (outcome: SubmitOutcome) => void;
}

/** How many parts one call of an adapter may carry. */
const BATCH_LIMIT = 1_000;
const NOT_PREPARED = { code: 'PREPARE_FAILED', retryable: true } as const;
const SHORT_ANSWER: SubmitOutcome = {
  type: 'unknown',
  cause: new Error('the adapter answered fewer outcomes than parts'),
};

/**
 * Gathers the parts that are ready in the same moment into one `prepare` and one `submit`: a loop over a thousand jobs
 * then costs a backend behind SSH a few round trips, not a thousand.
 */
export class SubmitBatcher {
  readonly #slot: AdapterSlot;
  #waiting: Waiter[] = [];
  #scheduled = false;

  constructor(slot: AdapterSlot) {
    this.#slot = slot;
  }

  /** Never rejects: a part that could not be made ready was not sent and is `refused`, one whose fate nobody knows is `unknown`. */
  submit(part: Part): Promise<SubmitOutcome> {
    return new Promise((settle) => {
      this.#waiting.push({ part, settle });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    this.#scheduled = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += BATCH_LIMIT) void this.#send(waiting.slice(at, at + BATCH_LIMIT));
  }

  async #send(waiters: readonly Waiter[]): Promise<void> {
    const ready = await this.#prepare(waiters);
    if (ready.length === 0) return;
    const parts = ready.map(({ part }) => part);
    let outcomes: readonly SubmitOutcome[];
    try {
      const answered = await this.#slot.call((context) => this.#slot.adapter.submit(parts as never, context));
      outcomes = checkOutcomes<SubmitOutcome>(answered, parts.length, ['accepted', 'refused']);
    } catch (cause) {
      outcomes = parts.map(() => ({ type: 'unknown', cause }));
    }
    for (const [index, { settle }] of ready.entries()) settle(outcomes[index] ?? SHORT_ANSWER);
  }

  async #prepare(waiters: readonly Waiter[]): Promise<readonly Waiter[]> {
    const parts = waiters.map(({ part }) => part);
    try {
      const outcomes = await this.#slot.call((context) => this.#slot.adapter.prepare(parts as never, context));
      return waiters.filter(({ settle }, index) => {
        const outcome = Array.isArray(outcomes) ? (outcomes[index] as PrepareOutcome | undefined) : undefined;
        if (outcome?.type === 'prepared') return true;
        const isRefused = outcome?.type === 'refused' && typeof outcome.error?.message === 'string';
        const message = 'The adapter did not answer for it, or not in a way that can be read.';
        settle(isRefused ? outcome : { type: 'refused', error: { ...NOT_PREPARED, message } });
        return false;
      });
    } catch (error) {
      // Preparing creates nothing that runs, so nothing exists: the same job may be sent again.
      const message = `It could not be made ready: ${error instanceof Error ? error.message : String(error)}`;
      for (const { settle } of waiters) settle({ type: 'refused', error: { ...NOT_PREPARED, message } });
      return [];
    }
  }
}
