// One side of the `live-handles` metric, in a process of its own: `ours <count> <ledger>` or `peer <count>`.
import { setImmediate } from 'node:timers/promises';
import { type Client, createClient, type JobHandle } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { collect, countHeld, type Held } from './held-objects.ts';
import { inFlight } from './in-flight.ts';
import { nullAdapter } from './null-adapter.ts';
import { NullBackendClient } from './null-backend-client.ts';

/** What is there anyhow is there by now: growth is counted from here. */
const FIRST = 1_000;
const IN_FLIGHT = 256;
const SEED = 1;

export interface HeldGrowth {
  readonly handles: number;
  readonly before: Held;
  readonly after: Held;
  /** Jobs the backend received; absent for the peer. */
  readonly received?: number;
}

const [side, wanted, ledger] = process.argv.slice(2);
const count = Number(wanted);
const growth = side === 'ours' ? await holdHandles(count, ledger ?? '') : await holdRefs(count);
process.stdout.write(JSON.stringify(growth));
// 100,000 results are pending, and stay so.
process.exit(0);

async function holdHandles(handles: number, folder: string): Promise<HeldGrowth> {
  const backend = new NullBackendClient();
  const client = createClient({ adapters: { null: nullAdapter(backend) }, ledger: folder, logger: false });
  const held: JobHandle<unknown>[] = [];
  const results: Promise<unknown>[] = [];
  const submit = (from: number, to: number) =>
    inFlight(to - from, IN_FLIGHT, async (index) => {
      const handle = await client.submit(distinctJob(from + index, SEED));
      held.push(handle);
      results.push(handle.result());
    });
  await submit(0, FIRST);
  await collect();
  const before = await atRest(client, backend);
  await submit(FIRST, handles);
  const after = await atRest(client, backend);
  return { handles: results.length - FIRST, before, after, received: await backend.count() };
}

/** Between two sweeps, after one that saw every job. */
async function atRest(client: Client<Record<string, ReturnType<typeof nullAdapter>>>, backend: NullBackendClient) {
  await client.settled();
  for (const seen = backend.sweeps; backend.sweeps < seen + 2 || !backend.isIdle; ) await setImmediate();
  // What a sweep leaves to the turns behind it.
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
  return countHeld();
}

/** A user's own list: the ref as text, and a promise somebody else will settle. */
async function holdRefs(refs: number): Promise<HeldGrowth> {
  const held: { readonly ref: string; readonly promise: Promise<unknown> }[] = [];
  const hold = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      held.push({ ref: refText(index), promise: new Promise(() => {}) });
    }
  };
  hold(0, FIRST);
  await collect();
  const before = countHeld();
  hold(FIRST, refs);
  const after = countHeld();
  return { handles: held.length - FIRST, before, after };
}

/** As long as ours. */
function refText(index: number): string {
  const id = String(index).padStart(26, '0');
  const ref = {
    target: { adapter: 'null', id: 'null-backend', describe: { host: 'localhost' } },
    key: id,
    jobHash: `${id}${id}`.padEnd(64, '0'),
    submissions: [{ number: 1, parts: [{ nativeId: String(index) }] }],
    kind: 'command',
    places: { poses: 'file:poses.pdbqt' },
  };
  return `scijob:job:1:${Buffer.from(JSON.stringify(ref)).toString('base64url')}`;
}
