import { createClient, type Ledger, openLedger } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { nullAdapter } from './null-adapter.ts';
import { createNullBackend } from './null-backend.ts';

type Entry = Parameters<Ledger['append']>[0];
type Intent = Extract<Entry, { readonly type: 'intent' }>;
type Outcome = Extract<Entry, { readonly type: 'outcome' }>;

/** At a time, so that they share a sync. */
const BATCH = 1_024;

/**
 * A ledger of about this many records, by the ledger's own writer: the intent and the outcome of one real submit,
 * again and again under other keys.
 */
export async function writeLargeLedger(folder: string, records: number, seed: number): Promise<void> {
  const [intent, outcome] = await entriesOfOneSubmit(seed);
  const ledger = await openLedger(folder);
  // The first line of the segment and the last are the ledger's own.
  const jobs = Math.floor((records - 2) / 2);
  for (let from = 0; from < jobs; from += BATCH) {
    const batch: Promise<unknown>[] = [];
    for (let job = from; job < Math.min(from + BATCH, jobs); job += 1) {
      const key = `${seed}-${job}`.padStart(26, '0');
      batch.push(ledger.append({ ...intent, key }), ledger.append({ ...outcome, key, nativeId: String(job) }));
    }
    await Promise.all(batch);
  }
  await ledger.close();
}

async function entriesOfOneSubmit(seed: number): Promise<readonly [Intent, Outcome]> {
  const adapters = { null: nullAdapter(createNullBackend()) };
  const client = createClient({ adapters, ledger: 'memory', logger: false });
  await client.submit(distinctJob(0, seed));
  const found = new Map<unknown, object>();
  for (const record of await client.audit().toArray()) {
    // What the ledger itself adds to each entry.
    const { segment: _segment, n: _n, prev: _prev, at: _at, ...entry } = record as Readonly<Record<string, unknown>>;
    found.set(entry['type'], entry);
  }
  await client.close();
  const [intent, outcome] = [found.get('intent'), found.get('outcome')];
  if (!intent || !outcome) throw new Error('The submit left no intent and outcome.');
  return [intent as Intent, outcome as Outcome];
}
