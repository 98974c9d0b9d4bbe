import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandJob, createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { alternate, type Figure, type Metric, requireCount, type Scale } from './harness.ts';
import { inFlight } from './in-flight.ts';
import { realDisk } from './real-disk.ts';

const SLOTS = 8;
const NO_OP = '/bin/true';

export const localArray: Metric = {
  name: 'local',
  about: 'no-op tasks per second of one local array, 8 slots',
  measure: measureLocal,
};

async function measureLocal({ quick, rounds }: Scale): Promise<readonly Figure[]> {
  const tasks = quick ? 100 : 2_000;
  using disk = realDisk();
  const directory = join(disk.folder, 'local');
  const client = createClient({
    adapters: { laptop: createLocal({ directory, cpus: SLOTS }) },
    ledger: join(disk.folder, 'ledger'),
    logger: false,
  });
  const items = Array.from({ length: tasks }, (_, index) => index);
  const job = new CommandJob({ name: 'no-op', command: [NO_OP] });
  // What a round leaves behind stays until all is measured: the disk works on after a removal of thousands of files, and
  // that would fall on the next round.
  const jobs = join(directory, 'jobs');
  const ours = async () => {
    const before = new Set(listed(jobs));
    const begun = performance.now();
    const array = await client.map(items, job);
    const { state } = await array.wait();
    const seconds = (performance.now() - begun) / 1_000;
    if (state !== 'succeeded') throw new Error(`The array ${state}.`);
    const made = listed(jobs).filter((name) => !before.has(name));
    const records = made.reduce((sum, name) => sum + endRecords(join(jobs, name)), 0);
    requireCount('End records of tasks on the disk', records, tasks);
    return tasks / seconds;
  };
  try {
    const bare = await alternate(rounds, ours, () => spawnAll(tasks, spawnBare));
    let round = 0;
    const equal = await alternate(rounds, ours, async () => {
      round += 1;
      const folder = join(disk.folder, `by-hand-${round}`);
      mkdirSync(folder);
      const tasksPerSecond = await spawnAll(tasks, (index) => spawnRecorded(join(folder, String(index))));
      requireCount('Files of the peer', readdirSync(folder).length, 3 * tasks);
      return tasksPerSecond;
    });
    const shared = {
      unit: 'tasks/s',
      size: { tasks, slots: SLOTS },
      note: `${disk.note}; from map() to the end of wait(); counted: end records of tasks on the disk`,
    };
    return [
      {
        ...shared,
        metric: 'local-bare',
        peer: 'child_process.spawn loop, 8 at a time, stdio ignored',
        pairs: bare,
        goal: { ratio: { atLeast: 0.45 } },
      },
      {
        ...shared,
        metric: 'local-equal-work',
        peer: 'the same loop writing two log files and an exit file per task',
        pairs: equal,
        goal: { ratio: { atLeast: 1 } },
      },
    ];
  } finally {
    await client.close();
  }
}

function listed(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Records of tasks that ended with 0, wherever they lie below. */
function endRecords(folder: string): number {
  let count = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name !== 'end') continue;
    if (/(^|\n)done\n$/.test(readFileSync(join(entry.parentPath, entry.name), 'latin1'))) count += 1;
  }
  return count;
}

async function spawnAll(tasks: number, spawnOne: (index: number) => Promise<void>): Promise<number> {
  const begun = performance.now();
  await inFlight(tasks, SLOTS, spawnOne);
  return tasks / ((performance.now() - begun) / 1_000);
}

function spawnBare(): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(NO_OP, { stdio: 'ignore' })
      .once('error', reject)
      .once('exit', () => resolve());
  });
}

function spawnRecorded(path: string): Promise<void> {
  const stdout = openSync(`${path}.stdout`, 'w');
  const stderr = openSync(`${path}.stderr`, 'w');
  return new Promise((resolve, reject) => {
    spawn(NO_OP, { stdio: ['ignore', stdout, stderr] })
      .once('error', reject)
      .once('exit', (code) => {
        closeSync(stdout);
        closeSync(stderr);
        writeFileSync(`${path}.exit`, `${code}\n`);
        resolve();
      });
  });
}
