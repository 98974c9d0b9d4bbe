import { checkOutcomes } from '../seam/check-answer.ts';
import type { FindOutcome } from '../seam/outcomes.ts';
import type { PartKey } from '../seam/part.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';

interface Waiter {
  readonly key: PartKey;
  readonly settle: (outcome: FindOutcome) => void;
}

/** How many keys one call of an adapter may ask for. */
const BATCH_LIMIT = 1_000;
/** What is asked for within this time goes in one call: each comes from a claim and a record that were written just now. */
const GATHER_MS = 5;

/** Gathers look-ups: after a crash a thousand submits may each have to ask what became of their job. */
export class FindBatcher {
  readonly #slot: AdapterSlot;
  #waiting: Waiter[] = [];
  #isDue = false;

  constructor(slot: AdapterSlot) {
    this.#slot = slot;
  }

  /** Never rejects: who could not be asked for is `unknown`. */
  find(key: PartKey): Promise<FindOutcome> {
    return new Promise((settle) => {
      this.#waiting.push({ key, settle });
      if (this.#isDue) return;
      this.#isDue = true;
      this.#slot.clock.sleep(GATHER_MS).then(
        () => this.#flush(),
        () => this.#flush(),
      );
    });
  }

  #flush(): void {
    this.#isDue = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += BATCH_LIMIT) void this.#ask(waiting.slice(at, at + BATCH_LIMIT));
  }

  async #ask(waiters: readonly Waiter[]): Promise<void> {
    const keys = waiters.map(({ key }) => key);
    try {
      const answer = await this.#slot.call((context) => this.#slot.adapter.find(keys, context));
      const outcomes = checkOutcomes<FindOutcome>(answer, keys.length, ['found', 'absent']);
      for (const [index, { settle }] of waiters.entries()) settle(outcomes[index] ?? UNANSWERED);
    } catch (cause) {
      for (const { settle } of waiters) settle({ type: 'unknown', cause });
    }
  }
}

const UNANSWERED: FindOutcome = { type: 'unknown', cause: new Error('the adapter did not answer for it') };
