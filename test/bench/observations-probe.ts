// One side of the `observations` metric, in a process of its own: `<side> <jobs> <seed>`.
import { createClient, type JobHandle } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { requireCount } from './harness.ts';
import { inFlight } from './in-flight.ts';
import { recordByHand, updatePlainObjects } from './plain-updates.ts';
import { ReplayedBackend } from './replayed-backend.ts';

export interface Observed {
  /** From the first answered sweep to the last settled handle. */
  readonly seconds: number;
  readonly observations: number;
  /** Ends that were written down. */
  readonly recorded: number;
}

const [side, wanted = '', given = ''] = process.argv.slice(2);
const [jobs, seed] = [Number(wanted), Number(given)];
// The first time is for the compiler.
await measure();
process.stdout.write(JSON.stringify(await measure()));
process.exit(0);

function measure(): Promise<Observed> {
  switch (side) {
    case 'recorded':
      return observeSubmitted();
    case 'attached':
      return observeAttached();
    case 'peer':
      return updatePlainObjects(jobs, () => 0);
    case 'peer-recorded':
      return updatePlainObjects(jobs, recordByHand());
    default:
      throw new TypeError(`There is no side ${JSON.stringify(side)}.`);
  }
}

/** The jobs of this client: each end goes into its ledger before anybody hears of it. */
async function observeSubmitted(): Promise<Observed> {
  const replay = new ReplayedBackend();
  const client = createClient({ adapters: { replayed: replay.adapter }, ledger: 'memory', logger: false });
  const handles: JobHandle<unknown>[] = [];
  await inFlight(jobs, 256, async (index) => handles.push(await client.submit(distinctJob(index, seed))));
  const seconds = await replay.run(handles);
  let recorded = 0;
  for await (const record of client.audit()) if ((record as { readonly type?: unknown }).type === 'end') recorded += 1;
  requireCount('Ends in the ledger', recorded, jobs);
  await client.close();
  return { seconds, observations: replay.given, recorded };
}

/** Jobs that another ledger knows: nothing is written down. */
async function observeAttached(): Promise<Observed> {
  const replay = new ReplayedBackend();
  const adapters = { replayed: replay.adapter };
  const submitting = createClient({ adapters, ledger: 'memory', logger: false });
  const refs: string[] = [];
  await inFlight(jobs, 256, async (index) => refs.push((await submitting.submit(distinctJob(index, seed))).toString()));
  replay.forgetSweeps();
  await submitting.close();
  const client = createClient({ adapters, ledger: 'memory', logger: false });
  const handles = await Promise.all(refs.map((ref) => client.attach(ref) as Promise<JobHandle<unknown>>));
  const seconds = await replay.run(handles);
  requireCount('Records of jobs of another ledger', (await client.audit().toArray()).length, 0);
  await client.close();
  return { seconds, observations: replay.given, recorded: 0 };
}
