import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aJob, anArray, aPart } from '../job.fixture.ts';
import type { PartDependency } from '../part-dependency.ts';
import { toTaskFolder } from '../part-paths.ts';
import { toPartRecord } from '../part-record.ts';
import { appendEnds } from './ends-file.ts';
import { PartRun } from './part-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scijob-part-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A part as an earlier runner left it: with folders of some tasks, and some that have ended. */
async function aPartWith(count: number, staged: readonly number[], ended: readonly number[], after?: PartDependency[]) {
  const pool = { cpus: 1, memoryGiB: 1, gpus: 0 };
  const rest = { machine: 'm', pool, baseEnvironment: {}, launcher: [], preparedAt: new Date().toISOString() };
  const lines = Array.from({ length: count }, () => ({ item: 1 }));
  const record = { ...toPartRecord(aPart(anArray(lines, aJob())), rest), ...(after && { after }) };
  mkdirSync(join(folder, 'cancel'));
  mkdirSync(join(folder, 'tasks'));
  writeFileSync(join(folder, 'part.json'), JSON.stringify(record));
  for (const index of [...staged, ...ended]) mkdirSync(toTaskFolder(folder, index, count), { recursive: true });
  appendEnds(
    join(folder, 'ends'),
    ended.map((index) => ({ index, state: 'succeeded', at: 1 })),
  );
  const part = await PartRun.open('token', folder, 'm');
  if (!part) throw new Error('not opened');
  return part;
}

it('finds the tasks an earlier runner staged, in order, and goes on behind them', async () => {
  const part = await aPartWith(6, [1, 3], [0, 2]);

  expect(part.takeStaged()).toEqual([1, 3]);
  expect(part.queue.takeNext()).toBe(4);
});

it.each([6, 3_000])(
  'finds those of %d that were released in any order, and starts no other by itself',
  async (count) => {
    const last = count - 1;
    const part = await aPartWith(count, [2, last], [4], [{ condition: 'aftercorr', token: 'other', key: 'k' }]);

    expect(part.takeStaged().toSorted((a, b) => a - b)).toEqual([2, last]);
    expect(part.queue.takeNext()).toBeUndefined();
    expect([part.queue.release(2), part.queue.release(4), part.queue.release(3)]).toEqual([false, false, true]);
    expect(part.queue.takeNext()).toBe(3);
  },
);
