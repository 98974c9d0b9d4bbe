import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, type Metric, measureRounds, type Pair, requireCount, type Scale } from './harness.ts';
import { writeLargeLedger } from './large-ledger.ts';
import { realDisk } from './real-disk.ts';
import { runProbe } from './run-probe.ts';
import type { Verified } from './verify-probe.ts';

const PROBE = new URL('./verify-probe.ts', import.meta.url);
/** The second ledger has so many times fewer records. */
const SMALLER = 10;

export const verify: Metric = {
  name: 'verify',
  about: 'time and memory to verify a ledger of 1,000,000 records',
  measure: measureVerify,
};

async function measureVerify({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const records = quick ? 20_000 : 1_000_000;
  using disk = realDisk();
  const [large, small] = [join(disk.folder, 'large'), join(disk.folder, 'small')];
  await writeLargeLedger(large, records, seed);
  await writeLargeLedger(small, records / SMALLER, seed);
  requireCount('Lines in the large ledger', linesOf(large), records);
  const growth: Pair[] = [];
  const pairs = await measureRounds(rounds, async (round) => {
    const peerFirst = round % 2 === 1 ? await verifyOnce('peer', large, records) : undefined;
    const ours = await verifyOnce('ours', large, records);
    const peer = peerFirst ?? (await verifyOnce('peer', large, records));
    const oursSmall = await verifyOnce('ours', small, records / SMALLER);
    const peerSmall = await verifyOnce('peer', small, records / SMALLER);
    if (round > 0) growth.push({ ours: mebibytesMore(ours, oursSmall), peer: mebibytesMore(peer, peerSmall) });
    return { ours: ours.seconds, peer: peer.seconds };
  });
  const shared = { size: { records, seed }, note: `${disk.note}; each in a cold process` };
  return [
    {
      ...shared,
      metric: 'verify-time',
      unit: 's',
      peer: 'read + JSON.parse + SHA-256 of the same file',
      pairs,
      goal: { ratio: { atMost: 1.5 } },
    },
    {
      ...shared,
      metric: 'verify-memory',
      unit: `MiB more at the peak than with ${(records / SMALLER).toLocaleString('en')} records`,
      peer: 'read + JSON.parse + SHA-256',
      pairs: growth,
      // Flat. What there is left is the parser's: V8 keeps short strings of JSON until a full collection, for the peer alike.
      goal: { value: { atMost: 32 } },
      note: 'resident memory at its peak, each in a cold process',
    },
  ];
}

function mebibytesMore(large: Verified, small: Verified): number {
  return (large.peakRssBytes - small.peakRssBytes) / 2 ** 20;
}

async function verifyOnce(side: 'ours' | 'peer', folder: string, records: number): Promise<Verified> {
  const verified = await runProbe<Verified>({ program: PROBE, args: [side, folder] });
  requireCount(`Records ${side} read`, verified.records, records);
  return verified;
}

function linesOf(folder: string): number {
  let lines = 0;
  for (const name of readdirSync(join(folder, 'segments'))) {
    const bytes = readFileSync(join(folder, 'segments', name));
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}
