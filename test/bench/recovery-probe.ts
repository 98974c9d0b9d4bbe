// One process of the `recovery` metric: `<what> <port of the backend> <ledger> <jobs> <seed> <in flight>`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { inFlight } from './in-flight.ts';
import type { CallCounts } from './recorded-backend.ts';
import { recordedBackendAdapter } from './recorded-backend-adapter.ts';
import { RecordedBackendConnection } from './recorded-backend-connection.ts';

export interface Recovered {
  /** Since the process began, or since its first submit. */
  readonly seconds: number;
  /** What the backend counted meanwhile. */
  readonly calls: CallCounts;
  /** The keys that are known to have a job. */
  readonly exist: readonly string[];
}

const [what = '', port = '', ledger = '', jobs = '', seed = '', limit = ''] = process.argv.slice(2);
const connection = await RecordedBackendConnection.open(Number(port));
const before = await connection.counts();

switch (what) {
  case 'submit':
    process.stdout.write('begun\n');
    await submitAll();
    break;
  case 'adopt':
    report(await adoptAll());
    break;
  case 'resubmit':
    report(await submitAll());
    break;
  case 'by-hand':
    report(await recoverByHand());
    break;
  default:
    throw new TypeError(`There is nothing called ${JSON.stringify(what)} to do.`);
}
// Live jobs are left to the backend.
process.exit(0);

function openClient() {
  return createClient({ adapters: { recorded: recordedBackendAdapter(connection) }, ledger, logger: false });
}

async function recovered(exist: readonly string[]): Promise<Recovered> {
  const seconds = performance.now() / 1_000;
  const after = await connection.counts();
  return {
    seconds,
    calls: {
      submit: after.submit - before.submit,
      find: after.find - before.find,
      observe: after.observe - before.observe,
    },
    exist,
  };
}

async function submitAll(): Promise<Recovered> {
  const client = openClient();
  const keys: string[] = [];
  await inFlight(Number(jobs), Number(limit), async (index) => {
    const handle = await client.submit(distinctJob(index, Number(seed)), { key: `ligand-${index}` });
    keys.push(handle.key);
  });
  return recovered(keys);
}

/** The fates of what was begun are found out; then the ledger knows every job there is. */
async function adoptAll(): Promise<Recovered> {
  const client = openClient();
  await client.adopt();
  const keys: string[] = [];
  for await (const { key } of client.jobs()) keys.push(key);
  return recovered(keys);
}

/** The least one could do without us: read what was recorded, ask for what has no outcome, a hundred names a call. */
async function recoverByHand(): Promise<Recovered> {
  const tokens = new Map<string, string>();
  const exist = new Set<string>();
  const segments = join(ledger, 'segments');
  for (const name of existsSync(segments) ? readdirSync(segments) : []) {
    // A torn last line is none.
    for (const line of readFileSync(join(segments, name), 'utf8').split('\n').slice(0, -1)) {
      const record = JSON.parse(line) as Recorded;
      if (record.type === 'intent') tokens.set(record.key, record.parts[0]?.token ?? '');
      if (record.type === 'outcome' && record.outcome === 'accepted') exist.add(record.key);
    }
  }
  const open = [...tokens].filter(([key]) => !exist.has(key));
  const found = await connection.find(open.map(([, token]) => token));
  for (const [index, [key]] of open.entries()) if (found[index] !== null) exist.add(key);
  return recovered([...exist]);
}

function report(done: Recovered): void {
  process.stdout.write(JSON.stringify(done));
}

type Recorded =
  | { readonly type: 'intent'; readonly key: string; readonly parts: readonly { readonly token: string }[] }
  | { readonly type: 'outcome'; readonly key: string; readonly outcome: string }
  | { readonly type: 'segment' };
