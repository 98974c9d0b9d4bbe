import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob, createClient, file } from '@scijob/core';
import { expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createFakeAdapter } from './create-fake-adapter.ts';
import { createFakeBackend } from './fake-backend.ts';

const dock = new CommandJob({ name: 'dock', command: ['vina'], outputs: { scores: file('scores.csv') } });

it('a ledger on a real disk keeps up with the manual clock, and a second client goes on where the first was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fake-ledger-'));
  const clock = manualClock();
  const backend = createFakeBackend({ queueSeconds: 1_800, runSeconds: 1_800, logs: 'line' });
  const clientOn = () =>
    createClient({ adapters: { hpc: createFakeAdapter({ backend }) }, ledger: folder, logger: false, clock });
  const first = clientOn();
  const handles = await clock.run(
    Promise.all(Array.from({ length: 200 }, (_, index) => first.submit(dock, { key: `dock-${index}` }))),
  );
  await clock.run(first.wait(handles.slice(0, 5)));
  await clock.run(first.close());

  const second = clientOn();
  const again = await clock.run(
    Promise.all(Array.from({ length: 200 }, (_, index) => second.submit(dock, { key: `dock-${index}` }))),
  );
  const statuses = await clock.run(second.wait(again));
  expect(new Set(statuses.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  expect(backend.created).toHaveLength(200);
  expect(backend.doubles).toEqual([]);
  await clock.run(second.close());
  await rm(folder, { recursive: true });
});
