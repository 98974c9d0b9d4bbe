import { describe, expect, it } from 'vitest';
import { atOnce } from './at-once.fixture.ts';
import { succeeded, wrongs } from './judge.fixture.ts';
import { openLab } from './lab.fixture.ts';
import type { LabJob } from './lab-client.fixture.ts';

/** What whoever comes late may be told. */
const LOSERS: readonly string[] = ['STILL_RUNNING', 'SUBMIT_UNKNOWN', 'TAKEN_OVER'];

describe('clients that race to try again what failed', { timeout: 60_000 }, () => {
  it.each([
    ['its owner and another', 2, false],
    ['two others while its owner lives', 3, false],
    ['two others after its owner died', 3, true],
  ] as const)(
    'try failed tasks again at once, %s: one new submission, and all see it end',
    async (_, count, isOwnerDead) => {
      const lab = await openLab();
      const keys = Array.from({ length: 6 }, (_, index) => `sweep-${index}`);
      const clients = Array.from({ length: count }, () => lab.start({ times: 10 }));
      const [owner] = clients;
      const jobs = keys.map((key): LabJob => ({ key, items: 5, plan: { failFirst: 1, failing: [1, 3] } }));
      const refs = new Map((await owner?.submit(...jobs))?.map(({ key, ref }) => [key, ref]));
      for (const key of keys) expect(await owner?.wait(key)).toMatchObject({ state: 'failed', attempt: '1.0' });
      const others = clients.slice(1);
      for (const other of others) {
        await other.submit(...jobs);
      }
      if (isOwnerDead) await owner?.kill();
      const racing = count === 2 ? clients : others;

      for (const key of keys) {
        const settled = await atOnce<number>(racing, key, { do: 'retryFailed', key });
        // Who comes late is told so, or sees that nothing is left to be tried again.
        const resubmitted = settled.filter((one) => one.status === 'fulfilled' && one.value === 2);
        expect(resubmitted.length, JSON.stringify(settled)).toBeGreaterThanOrEqual(1);
        for (const one of settled) {
          if (one.status === 'rejected') expect(LOSERS, String(one.reason)).toContain(one.reason.code);
        }
        const watchers = isOwnerDead ? others : clients;
        // A handle that has seen the end is not told of a later beginning; a new look at the ref is.
        for (const client of watchers) await client.ask({ do: 'attach', ref: refs.get(key) ?? '' });
        const ends = await Promise.all(watchers.map((client) => client.wait(key)));
        expect(ends).toEqual(watchers.map(() => ({ state: 'succeeded', attempt: '2.0' })));
      }

      expect(wrongs(lab.backend, new Map(keys.map((key) => [key, { tasks: 5, runs: 2 }])))).toEqual([]);
      for (const key of keys) {
        expect(lab.backend.created(key).map(({ submission, tasks }) => [submission, tasks])).toEqual([
          [1, [0, 1, 2, 3, 4]],
          [2, [1, 3]],
        ]);
      }
      expect(await lab.verify()).toMatchObject({ status: 'intact' });
    },
  );

  it('try again, adopt, cancel, attach and close at one moment: at most one new submission, and all agree on the end', async () => {
    const lab = await openLab();
    const clients = Array.from({ length: 4 }, () => lab.start({ times: 10 }));
    const rounds = Array.from({ length: 6 }, (_, index) => `mixed-${index}`);
    for (const [round, key] of rounds.entries()) {
      const owner = lab.start({ times: 10 });
      const [handle] = await owner.submit({ key, items: 5, plan: { failFirst: 1, failing: [1, 3] } });
      const attach = { do: 'attach', ref: handle?.ref ?? '' } as const;
      await owner.wait(key);
      for (const client of clients) await client.ask(attach);

      const barrier = { name: key, count: 5 };
      const commands = [{ do: 'retryFailed', key }, { do: 'cancel', key }, { do: 'adopt' }, attach] as const;
      const acts = clients.map((client, index) => {
        const command = commands[(index + round) % commands.length];
        return command && client.ask(command, barrier);
      });
      const settled = await Promise.allSettled([owner.ask({ do: 'close' }, barrier), ...acts]);
      const codes = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
      expect(codes.filter((code) => !LOSERS.includes(code))).toEqual([]);

      for (const client of clients) await client.ask(attach);
      const ends = await Promise.all(clients.map((client) => client.wait(key)));
      expect(new Set(ends.map((end) => JSON.stringify(end))).size, JSON.stringify(ends)).toBe(1);
      expect(lab.backend.created(key).length).toBeLessThanOrEqual(2);
      const isAllDone = succeeded(lab.backend, key) === 5;
      expect(ends[0]?.state === 'succeeded', JSON.stringify(ends[0])).toBe(isAllDone);
    }
    expect(wrongs(lab.backend, new Map(rounds.map((key) => [key, { tasks: 5, runs: 2 }])))).toEqual([]);
    expect(await lab.verify()).toMatchObject({ status: 'intact' });
  });
});
