import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { cancelNative } from '../tracker/cancel-native.ts';
import { refOfHistory } from './job-history-ref.ts';

const DONE = new WeakMap<Ledger, Set<string>>();

/**
 * Rule 1: what came to exist twice is asked to stop, written down and said, once by each session. It is the part that was
 * accepted under another native id; the first, which the job's ref names, goes on.
 */
export async function cancelDuplicates(slot: AdapterSlot, ledger: Ledger, history: JobHistory): Promise<void> {
  const done = DONE.get(ledger) ?? new Set<string>();
  DONE.set(ledger, done);
  for (const { nativeId, submission, part } of history.duplicates) {
    const name = `${history.key} ${nativeId}`;
    if (nativeId === undefined || done.has(name)) continue;
    done.add(name);
    const tasks = history.intents.find((one) => one.submission === submission)?.parts[part]?.tasks;
    const ref = {
      ...refOfHistory(history),
      submissions: [{ number: submission, parts: [{ nativeId, ...(tasks ? { tasks } : {}) }] }],
    };
    const message = `The job ${JSON.stringify(history.key)} came to exist twice on "${slot.name}"; ${nativeId} is the duplicate, and is asked to stop.`;
    slot.logger.error({ adapter: slot.name, key: history.key, duplicate: nativeId }, message);
    await ledger.append({ type: 'note', event: 'duplicate', message, key: history.key, nativeId, ref: encodeRef(ref) });
    await cancelNative(slot, [{ ref }], 'a duplicate of the same job').catch((error: unknown) => {
      // Asked again by the next who looks.
      done.delete(name);
      slot.logger.error(
        { key: history.key, duplicate: nativeId, err: error },
        'A duplicate could not be asked to stop.',
      );
    });
  }
}
