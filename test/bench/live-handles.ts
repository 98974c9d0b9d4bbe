import { join } from 'node:path';
import { alternate, type Figure, type Metric, requireCount, type Scale } from './harness.ts';
import type { Held } from './held-objects.ts';
import type { HeldGrowth } from './live-handles-probe.ts';
import { realDisk } from './real-disk.ts';
import { runProbe } from './run-probe.ts';

const PROBE = new URL('./live-handles-probe.ts', import.meta.url);
const HELD = ['timers', 'listeners', 'resources'] as const satisfies readonly (keyof Held)[];

export const liveHandles: Metric = {
  name: 'live-handles',
  about: 'memory and resources per live handle, result() pending',
  measure: measureHandles,
};

async function measureHandles({ quick, rounds }: Scale): Promise<readonly Figure[]> {
  const handles = quick ? 5_000 : 100_000;
  using disk = realDisk();
  const grown: HeldGrowth[] = [];
  const ours = async (round: number) => {
    const growth = await probe(['ours', String(handles), join(disk.folder, `ledger-${round}`)]);
    requireCount('Jobs the backend was sent', growth.received ?? 0, handles);
    if (round > 0) grown.push(growth);
    return bytesPerHandle(growth);
  };
  const pairs = await alternate(rounds, ours, async () => bytesPerHandle(await probe(['peer', String(handles)])));
  const size = { handles };
  const counted =
    'growth from 1,000 handles on, after two collections; backend in another process, which counted the jobs';
  return [
    {
      metric: 'live-handle-bytes',
      unit: 'B per handle',
      peer: 'array of { ref, promise }',
      pairs,
      goal: { value: { atMost: 1_200 } },
      size,
      note: counted,
    },
    {
      metric: 'live-handle-resources',
      unit: 'timers, sockets, abort listeners in all',
      peer: 'one a handle',
      pairs: grown.map((growth) => ({ ours: resourcesGrown(growth), peer: growth.handles })),
      goal: { value: { atMost: 0 } },
      size,
      note: `of the heap: ${HELD.map((kind) => `${kind} +${Math.max(...grown.map((growth) => growthOf(growth, kind)))}`).join(', ')}; resources are process.getActiveResourcesInfo(), sockets and pipes among them`,
    },
  ];
}

function probe(args: readonly string[]): Promise<HeldGrowth> {
  return runProbe({ program: PROBE, args, node: ['--expose-gc'] });
}

function bytesPerHandle({ before, after, handles }: HeldGrowth): number {
  return (after.bytes - before.bytes) / handles;
}

function resourcesGrown(growth: HeldGrowth): number {
  return Math.max(0, ...HELD.map((kind) => growthOf(growth, kind)));
}

function growthOf({ before, after }: HeldGrowth, kind: (typeof HELD)[number]): number {
  return after[kind] - before[kind];
}
