// One `map` over many items, in a process of its own: `<items> <seed> <ledger>`.
import { createClient } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { collect, heapBytes } from './held-objects.ts';
import { nullAdapter } from './null-adapter.ts';
import { createNullBackend } from './null-backend.ts';
import { peakRssBytes } from './peak-rss.ts';

export interface MapGrowth {
  readonly itemsBytes: number;
  /** Beyond the items, when the array is with the backend and its handle is held. */
  readonly heldBytes: number;
  /** Beyond the items, in the moment of the submit. */
  readonly submittingBytes: number;
  readonly seconds: number;
  readonly peakRssBytes: number;
}

const [wanted = '', seed = '', ledger = ''] = process.argv.slice(2);

let submittingBytes = 0;
const backend = createNullBackend();
const client = createClient({
  adapters: {
    null: nullAdapter({
      ...backend,
      submit: (tokens) => {
        submittingBytes = heapBytes();
        return backend.submit(tokens);
      },
    }),
  },
  ledger,
  logger: false,
});
const map = (items: ReturnType<typeof itemsOf>) => client.map(items, (item) => distinctJob(item.ligand, item.seed));

await map(itemsOf(100));
await collect();
const empty = heapBytes();
const items = itemsOf(Number(wanted));
const itemsOnly = heapBytes();
const begun = performance.now();
const handle = await map(items);
const seconds = (performance.now() - begun) / 1_000;
const held = heapBytes();
const growth: MapGrowth = {
  itemsBytes: itemsOnly - empty,
  heldBytes: held - itemsOnly,
  submittingBytes: submittingBytes - itemsOnly,
  seconds,
  peakRssBytes: peakRssBytes(),
};
process.stdout.write(JSON.stringify(growth));
// Both are alive until here, or nothing was measured.
if (handle.count !== items.length) throw new Error(`The array has ${handle.count} items.`);
await client.close();

function itemsOf(count: number) {
  return Array.from({ length: count }, (_, ligand) => ({ ligand, seed: Number(seed) }));
}
