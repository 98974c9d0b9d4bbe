import { openLedger } from '@scijob/core';
import { describe, expect, it } from 'vitest';
import { wrongs } from './judge.fixture.ts';
import { type Lab, openLab } from './lab.fixture.ts';
import { hasOtherHost } from './other-host.fixture.ts';

const TWO_DAYS_MS = 2 * 86_400_000;
const TIMES = 20;

async function recordsOf(lab: Lab, key: string) {
  const ledger = await openLedger(lab.ledger);
  const types: string[] = [];
  for await (const { type } of ledger.records({ key })) types.push(type);
  await ledger.close();
  return types;
}

/** So many more sweeps are answered. */
async function sweeps(lab: Lab, more: number): Promise<void> {
  const until = (lab.backend.calls.get('observe') ?? 0) + more;
  while ((lab.backend.calls.get('observe') ?? 0) < until) await lab.backend.moment('reply', 'observe');
}

describe('two days with the lid closed', { timeout: 60_000 }, () => {
  // On one host the watcher sees the owner's process; on another only its beat.
  it.each([['one host', false], ...(hasOtherHost ? ([['two hosts', true]] as const) : [])] as const)(
    'lose no job, begin none twice, and end nobody: owner and watcher on %s',
    async (_, isElsewhere) => {
      const lab = await openLab();
      const [owner, watcher] = [lab.start({ isElsewhere, times: TIMES }), lab.start({ times: TIMES })];
      const jobs = [
        { key: 'running', plan: { gate: 'running' } },
        { key: 'array', items: 4, plan: { gate: 'running' } },
        { key: 'failing', plan: { failFirst: 1 }, retries: 1, delaySeconds: 600 },
      ];
      const handles = [
        ...(await owner.submit(...jobs)),
        ...(await owner.submit({ key: 'held', after: [{ key: 'running', condition: 'afterok' }] })),
      ];
      for (const { ref } of handles) await watcher.ask({ do: 'attach', ref });
      await expect.poll(async () => (await owner.status('failing')).state, { timeout: 20_000 }).toBe('held');
      await expect.poll(async () => (await watcher.status('running')).state, { timeout: 20_000 }).toBe('running');
      await sweeps(lab, 4);
      const submitsBefore = lab.backend.calls.get('submit');

      // The backend has not woken yet, either: it answers, and knows of nothing.
      lab.backend.isForgetful = true;
      await Promise.all([owner, watcher].map((client) => client.ask({ do: 'closeLid', ms: TWO_DAYS_MS })));
      await sweeps(lab, 12);

      for (const client of [owner, watcher]) {
        expect(await client.status('running')).toMatchObject({ state: 'running' });
        expect(await client.status('array')).toMatchObject({ state: 'running' });
        expect(await client.status('held')).toMatchObject({ state: 'held', waitingFor: 'dependency' });
      }
      expect(await owner.status('failing')).toMatchObject({ state: 'held', attempt: '2.0' });
      expect(lab.backend.calls.get('submit')).toBe(submitsBefore);
      for (const { key } of handles) expect(await recordsOf(lab, key)).not.toContain('takeover');

      lab.backend.isForgetful = false;
      lab.backend.open('running');
      for (const key of ['running', 'array', 'held']) {
        for (const client of [owner, watcher]) expect(await client.wait(key)).toMatchObject({ state: 'succeeded' });
      }
      expect(lab.backend.created('failing')).toHaveLength(1);
      await owner.ask({ do: 'cancel', key: 'failing' });
      await owner.ask({ do: 'settled' });
      const rules = handles.map(({ key }) => [key, { tasks: key === 'array' ? 4 : 1 }] as const);
      expect(wrongs(lab.backend, new Map(rules))).toEqual([]);
    },
  );

  it.skipIf(!hasOtherHost)(
    'do not make a live owner on another host a dead one, however long it is watched',
    async () => {
      const lab = await openLab();
      // Its beats are ten times as fast as the patience of who watches: a busy machine is no dead one.
      const [owner, watcher] = [lab.start({ isElsewhere: true, times: 400 }), lab.start({ times: 40 })];
      await owner.submit({ key: 'parent', plan: { gate: 'parent' } });
      const [held] = await owner.submit({ key: 'held', after: [{ key: 'parent', condition: 'afterok' }] });
      await watcher.ask({ do: 'attach', ref: held?.ref ?? '' });

      await Promise.all([owner, watcher].map((client) => client.ask({ do: 'closeLid', ms: TWO_DAYS_MS })));
      await watcher.ask({ do: 'pass', ms: 150_000 });

      expect(await watcher.ask({ do: 'adopt' })).toEqual([]);
      expect(await watcher.status('held')).toMatchObject({ state: 'held', waitingFor: 'dependency' });
      expect(await recordsOf(lab, 'held')).not.toContain('takeover');
      lab.backend.open('parent');
      expect(await watcher.wait('held')).toMatchObject({ state: 'succeeded' });
      expect(wrongs(lab.backend, new Map(['parent', 'held'].map((key) => [key, { tasks: 1 }])))).toEqual([]);
    },
  );
});
