import { KeyArchivedError } from '../errors/key-archived-error.ts';
import { SEGMENTS_ARCHIVED } from '../ledger/archive-segments.ts';
import type { ClaimHolder, Ledger } from '../ledger/ledger.ts';

/** Where segments were archived to, by their names. */
type Archived = ReadonlyMap<string, string>;

interface Reading {
  /** Under way: begun before whoever asks now. */
  running: Promise<Archived> | undefined;
  /** Begins when that has ended: good for all who ask until then. */
  next: Promise<Archived> | undefined;
}

const READINGS = new WeakMap<Ledger, Reading>();

/**
 * A claim without a record may be one whose session died before it wrote any, or one whose records were archived since.
 * The second had a job: its key stays taken.
 *
 * @throws KeyArchivedError
 */
export async function requireNotArchived(ledger: Ledger, key: string, holder: ClaimHolder): Promise<void> {
  const to = (await readSoon(ledger)).get(holder.segment);
  if (to !== undefined) throw new KeyArchivedError(key, to);
}

/** Read after this was called, and once for all who call at the same time: a program run again asks for thousands of keys. */
function readSoon(ledger: Ledger): Promise<Archived> {
  const reading = READINGS.get(ledger) ?? { running: undefined, next: undefined };
  READINGS.set(ledger, reading);
  const begin = (): Promise<Archived> => {
    reading.next = undefined;
    const running = readArchived(ledger).finally(() => {
      if (reading.running === running) reading.running = undefined;
    });
    reading.running = running;
    return running;
  };
  if (!reading.running) return begin();
  reading.next ??= reading.running.then(begin, begin);
  return reading.next;
}

async function readArchived(ledger: Ledger): Promise<Archived> {
  const archived = new Map<string, string>();
  for await (const record of ledger.records({ types: ['note'] })) {
    if (record.type !== 'note' || record.event !== SEGMENTS_ARCHIVED) continue;
    for (const segment of Object.keys(record['heads'] ?? {})) archived.set(segment, String(record['to']));
  }
  return archived;
}
