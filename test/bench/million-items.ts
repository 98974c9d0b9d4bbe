import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, type Metric, measureRounds, requireCount, type Scale } from './harness.ts';
import type { MapGrowth } from './million-items-probe.ts';
import { realDisk } from './real-disk.ts';
import { runProbe } from './run-probe.ts';

const PROBE = new URL('./million-items-probe.ts', import.meta.url);

export const millionItems: Metric = {
  name: 'million-items',
  about: 'heap of one map over 1,000,000 items beyond the items themselves',
  measure: measureMap,
};

async function measureMap({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const items = quick ? 20_000 : 1_000_000;
  using disk = realDisk();
  const growths: MapGrowth[] = [];
  const pairs = await measureRounds(rounds, async (round) => {
    const folder = join(disk.folder, `ledger-${round}`);
    const args = [String(items), String(seed + round), folder];
    const growth = await runProbe<MapGrowth>({ program: PROBE, args, node: ['--expose-gc'] });
    requireCount('Lines of the manifest on the disk', manifestLines(folder), items);
    rmSync(folder, { recursive: true });
    growths.push(growth);
    const beyond = Math.max(growth.heldBytes, growth.submittingBytes);
    return { ours: beyond / items, peer: growth.itemsBytes / items };
  });
  const seconds = growths.map((growth) => growth.seconds.toFixed(1));
  const rss = Math.max(...growths.map(({ peakRssBytes }) => peakRssBytes));
  return [
    {
      metric: 'million-items',
      unit: 'B per item beyond the items',
      peer: 'the items alone',
      pairs,
      goal: { value: { atMost: 64 } },
      size: { items, seed },
      note:
        'the larger of two moments, each after two collections: the submit under way, the handle held; ' +
        `a function makes each item's job; map() took ${seconds.join(', ')} s, at most ${Math.round(rss / 2 ** 20)} MiB resident`,
    },
  ];
}

/** Of the largest payload: the first map of each process is a small one. */
function manifestLines(folder: string): number {
  const payloads = join(folder, 'payloads');
  const counts = readdirSync(payloads).map((name) => {
    const bytes = readFileSync(join(payloads, name));
    let lines = 0;
    for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1)) lines += 1;
    return lines;
  });
  return Math.max(...counts);
}
