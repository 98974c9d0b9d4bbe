import { ScijobError } from '../errors/scijob-error.ts';
import type { CancelTarget } from '../seam/observation.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { retryRead } from './retry-read.ts';

/**
 * Asks the backend to stop native objects, in one call for all. Asking twice is harmless, so it is tried again.
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
    const outcomes = await slot.call(
      (context) => slot.adapter.cancel(targets, reason, context),
      signal ? { signal } : {},
    );
    for (const [index] of targets.entries()) {
      const outcome = outcomes[index];
      if (outcome && outcome.type !== 'unknown') continue;
      const cause = outcome?.cause;
      throw cause instanceof Error ? cause : new Error(String(cause ?? 'the adapter did not answer'));
    }
  };
  await retryRead(cancel, signal).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new ScijobError(
      'CANCEL_UNKNOWN',
      `Whether "${slot.name}" was asked to stop the job is not known (${String(cause)}). It may go on; ask again, or look with explain().`,
      { cause },
    );
  });
  slot.tracker.hurry();
}
