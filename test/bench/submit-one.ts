import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, type Metric, measureRounds, type Pair, requireCount, type Scale } from './harness.ts';
import { createNullBackend } from './null-backend.ts';
import { realDisk } from './real-disk.ts';
import { SubmitSession } from './submit-session.ts';

/** Jobs at a time of each side: a disk changes its mind faster than a round takes. */
const BLOCK = 25;

export const submitOne: Metric = {
  name: 'submit-one',
  about: 'durable submits per second, one at a time',
  measure: measureOneAtATime,
};

async function measureOneAtATime({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const blocks = quick ? 8 : 40;
  using disk = realDisk();
  const pairs = await measureRounds(rounds, (round) => measureRound(disk.folder, round, blocks, seed + round));
  return [
    {
      metric: 'submit-one',
      unit: 'jobs/s',
      peer: 'two plain append + fdatasync per job',
      pairs,
      goal: { ratio: { atLeast: 0.7 } },
      size: { jobs: blocks * BLOCK, inFlight: 1, seed },
      note: `${disk.note}; null backend in this process; counted: intents and outcomes in the segments on disk`,
    },
  ];
}

async function measureRound(folder: string, round: number, blocks: number, seed: number): Promise<Pair> {
  const ledger = join(folder, `ledger-${round}`);
  const session = await SubmitSession.begin({ folder: ledger, backend: createNullBackend(), seed });
  await session.submit(BLOCK, 1);
  const lines = session.lines().slice(0, 2 * BLOCK);
  const file = await open(join(folder, `plain-${round}`), 'ax');
  let [ours, peer] = [0, 0];
  for (let block = 0; block < blocks; block += 1) {
    ours += await session.submit(BLOCK, 1);
    peer += await appendEach(file, lines);
  }
  await session.end();
  const bytes = lines.reduce((sum, { length }) => sum + length, 0);
  requireCount('Bytes the peer wrote', (await file.stat()).size, blocks * bytes);
  await file.close();
  return { ours: (blocks * BLOCK) / ours, peer: (blocks * BLOCK) / peer };
}

async function appendEach(file: FileHandle, lines: readonly Buffer[]): Promise<number> {
  const begun = performance.now();
  for (const line of lines) {
    await file.appendFile(line);
    await file.datasync();
  }
  return (performance.now() - begun) / 1_000;
}
