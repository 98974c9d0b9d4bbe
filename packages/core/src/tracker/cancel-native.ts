import { ScijobError } from '../errors/scijob-error.ts';
import { checkOutcomes } from '../seam/check-answer.ts';
import type { CancelTarget } from '../seam/observation.ts';
import type { CancelOutcome } from '../seam/outcomes.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { retryRead } from './retry-read.ts';

interface Asked {
  readonly target: CancelTarget;
  readonly settle: (outcome: CancelOutcome) => void;
}

/** What is asked to stop for one reason in the same moment, by adapter. */
const GATHERED = new WeakMap<AdapterSlot, Map<string, Asked[]>>();

/**
 * Asks the backend to stop native objects. Those asked for in the same moment go in one call. Asking twice is harmless, so
 * it is tried again.
 *
 * @throws ScijobError `CANCEL_UNKNOWN` when nobody knows whether it was asked
 */
export async function cancelNative(
  slot: AdapterSlot,
  targets: readonly CancelTarget[],
  reason: string,
  signal?: AbortSignal,
): Promise<void> {
  if (targets.length === 0) return;
  const cancel = async () => {
    const outcomes = await Promise.all(targets.map((target) => askToStop(slot, target, reason)));
    for (const outcome of outcomes) {
      if (outcome.type !== 'unknown') continue;
      throw outcome.cause instanceof Error ? outcome.cause : new Error(String(outcome.cause));
    }
  };
  await retryRead(cancel, { clock: slot.clock, ...(signal ? { signal } : {}) }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new ScijobError(
      'CANCEL_UNKNOWN',
      `Whether "${slot.name}" was asked to stop the job is not known (${String(cause)}). It may go on; ask again, or look with explain().`,
      { cause },
    );
  });
  slot.tracker.hurry();
}

function askToStop(slot: AdapterSlot, target: CancelTarget, reason: string): Promise<CancelOutcome> {
  return new Promise((settle) => {
    const byReason = GATHERED.get(slot) ?? new Map<string, Asked[]>();
    GATHERED.set(slot, byReason);
    const gathered = byReason.get(reason);
    if (gathered) {
      gathered.push({ target, settle });
      return;
    }
    byReason.set(reason, [{ target, settle }]);
    setImmediate(() => void send(slot, byReason, reason));
  });
}

async function send(slot: AdapterSlot, byReason: Map<string, Asked[]>, reason: string): Promise<void> {
  const asked = byReason.get(reason) ?? [];
  byReason.delete(reason);
  const targets = asked.map(({ target }) => target);
  try {
    const answer = await slot.call((context) => slot.adapter.cancel(targets, reason, context));
    const outcomes = checkOutcomes<CancelOutcome>(answer, targets.length, ['requested', 'already-ended']);
    for (const [index, { settle }] of asked.entries()) settle(outcomes[index] ?? NO_ANSWER);
  } catch (cause) {
    for (const { settle } of asked) settle({ type: 'unknown', cause });
  }
}

const NO_ANSWER: CancelOutcome = { type: 'unknown', cause: new Error('the adapter did not answer for it') };
