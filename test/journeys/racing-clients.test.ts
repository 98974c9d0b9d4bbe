import { describe, expect, it } from 'vitest';
import { atOnce, valuesOf } from './at-once.fixture.ts';
import { wrongs } from './judge.fixture.ts';
import { openLab } from './lab.fixture.ts';
import type { HandleText, LabJob } from './lab-client.fixture.ts';
import { seeded, shuffled } from './seeded.fixture.ts';

describe('clients that race on one ledger', { timeout: 60_000 }, () => {
  it('submit a hundred keys at once, four processes each: one native job a key, the same ref for all', async () => {
    const lab = await openLab();
    const random = seeded(4);
    const jobs = Array.from({ length: 100 }, (_, index): LabJob => ({ key: `screen-${index}` }));
    const clients = Array.from({ length: 4 }, () => lab.start());
    await Promise.all(clients.map((client) => client.ready()));

    // One key after the other, each at the very same moment; then all of them at once, each in an order of its own.
    const told: HandleText[] = [];
    for (const job of jobs.slice(0, 50)) {
      told.push(
        ...valuesOf(await atOnce<readonly HandleText[]>(clients, job.key, { do: 'submit', jobs: [job] })).flat(),
      );
    }
    const barrier = { name: 'submit', count: 4 };
    const all = clients.map((client) => client.ask({ do: 'submit', jobs: shuffled(jobs, random) }, barrier));
    told.push(...((await Promise.all(all)) as HandleText[][]).flat());

    const refs = new Map(jobs.map(({ key }) => [key, new Set<string>()]));
    for (const { key, ref } of told) refs.get(key)?.add(ref);
    expect([...refs].filter(([, different]) => different.size !== 1)).toEqual([]);
    for (const client of clients) expect(await client.wait('screen-7')).toMatchObject({ state: 'succeeded' });
    expect(wrongs(lab.backend, new Map(jobs.map(({ key }) => [key, { tasks: 1 }])))).toEqual([]);
    expect(lab.backend.record.filter(({ type }) => type === 'created')).toHaveLength(100);
    expect(await lab.verify()).toMatchObject({ status: 'intact', findings: [] });
  });

  it('adopt the jobs of a dead owner at once: each job gets one owner, and its duty is done once', async () => {
    const lab = await openLab();
    const keys = Array.from({ length: 12 }, (_, index) => `held-${index}`);
    const owner = lab.start();
    await owner.submit({ key: 'parent', plan: { gate: 'parent' } });
    await owner.submit(...keys.map((key): LabJob => ({ key, after: [{ key: 'parent', condition: 'afterok' }] })));
    await owner.kill();
    const clients = Array.from({ length: 3 }, () => lab.start({ times: 10 }));
    await Promise.all(clients.map((client) => client.ready()));

    const adopted = valuesOf(await atOnce<readonly HandleText[]>(clients, 'adopt', { do: 'adopt' }));
    lab.backend.open('parent');
    await Promise.all(clients.map((client) => client.ask({ do: 'settled' })));

    expect(
      adopted
        .flat()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(keys.toSorted());
    expect(wrongs(lab.backend, new Map(['parent', ...keys].map((key) => [key, { tasks: 1 }])))).toEqual([]);
    expect(keys.map((key) => lab.backend.created(key).length)).toEqual(keys.map(() => 1));
    for (const [index, client] of clients.entries()) {
      for (const { key } of adopted[index] ?? []) expect(await client.wait(key)).toMatchObject({ state: 'succeeded' });
    }
  });

  it('watch a held job whose owner dies as its parent ends: released once, and all see the same end', async () => {
    const lab = await openLab();
    const rounds = Array.from({ length: 5 }, (_, index) => index);
    const clients = Array.from({ length: 3 }, () => lab.start({ times: 10 }));
    for (const round of rounds) {
      const [parent, child] = [`parent-${round}`, `child-${round}`];
      const owner = lab.start({ times: 10 });
      await owner.submit({ key: parent, plan: { gate: parent } });
      const [handle] = await owner.submit({ key: child, after: [{ key: parent, condition: 'afterok' }] });
      const ref = handle?.ref ?? '';
      await Promise.all(clients.map((client) => client.ask({ do: 'attach', ref })));

      lab.backend.open(parent);
      await owner.kill();
      const ends = await Promise.all(clients.map((client) => client.wait(child)));

      expect(ends).toEqual(clients.map(() => ({ state: 'succeeded', attempt: ends[0]?.attempt })));
      expect(lab.backend.runs(child)).toHaveLength(1);
    }
    const names = rounds.flatMap((round) => [`parent-${round}`, `child-${round}`]);
    expect(wrongs(lab.backend, new Map(names.map((key) => [key, { tasks: 1 }])))).toEqual([]);
  });

  it('cancel a held job as it is released: it ends as the backend says, and all see the same end', async () => {
    const lab = await openLab();
    const clients = Array.from({ length: 3 }, () => lab.start({ times: 10 }));
    const [owner, canceller] = clients;
    const rounds = Array.from({ length: 8 }, (_, index) => index);
    for (const round of rounds) {
      const [parent, child] = [`parent-${round}`, `child-${round}`];
      await owner?.submit({ key: parent, plan: { gate: parent } });
      const [handle] =
        (await owner?.submit({ key: child, plan: { gate: child }, after: [{ key: parent, condition: 'afterok' }] })) ??
        [];
      for (const client of clients.slice(1)) await client.ask({ do: 'attach', ref: handle?.ref ?? '' });

      lab.backend.open(parent);
      // Before the release, while it is under way, and when the job runs.
      if (round % 4 === 1) await lab.backend.moment('request', 'submit');
      if (round % 4 === 2) await lab.backend.moment('commit', 'submit');
      if (round % 4 === 3) await lab.backend.until(() => lab.backend.runs(child).length === 1);
      await canceller?.ask({ do: 'cancel', key: child });
      const ends = await Promise.all(clients.map((client) => client.wait(child)));

      const created = lab.backend.created(child).length;
      expect(created).toBeLessThanOrEqual(1);
      const attempt = '1.0';
      const expected = { state: 'cancelled', attempt, reason: 'cancelled-by-user' };
      expect(ends, `round ${round}, ${created} native jobs`).toEqual(clients.map(() => expected));
      const cancelled = lab.backend.record.filter((event) => event.type === 'cancel' && event.key === child);
      expect(cancelled.length).toBe(created);
    }
    await owner?.ask({ do: 'settled' });
    const names = rounds.flatMap((round) => [`parent-${round}`, `child-${round}`]);
    expect(wrongs(lab.backend, new Map(names.map((key) => [key, { tasks: 1 }])))).toEqual([]);
  });

  it('cancel a job that was released a moment ago, by a client that has not heard of it: it is cancelled', async () => {
    const lab = await openLab();
    // The clock of one stands all but still: it looks at the ledger when it is asked, and not by itself.
    const [owner, canceller] = [lab.start({ times: 10 }), lab.start({ times: 0.01 })];
    await owner.submit({ key: 'parent', plan: { gate: 'parent' } });
    const [held] = await owner.submit({
      key: 'child',
      plan: { gate: 'child' },
      after: [{ key: 'parent', condition: 'afterok' }],
    });
    await canceller.ask({ do: 'attach', ref: held?.ref ?? '' });

    lab.backend.open('parent');
    await owner.ask({ do: 'settled' });
    await canceller.ask({ do: 'cancel', key: 'child' });

    expect(await owner.wait('child')).toEqual({ state: 'cancelled', attempt: '1.0', reason: 'cancelled-by-user' });
    expect(lab.backend.record.filter(({ type }) => type === 'cancel')).toHaveLength(1);
  });

  it('close while another adopts: what was left is done by the other, once', async () => {
    const lab = await openLab();
    const keys = Array.from({ length: 8 }, (_, index) => `left-${index}`);
    const [first, second] = [lab.start({ times: 10 }), lab.start({ times: 10 })];
    await first.submit({ key: 'parent', plan: { gate: 'parent' } });
    await first.submit(...keys.map((key): LabJob => ({ key, after: [{ key: 'parent', condition: 'afterok' }] })));
    await second.ready();

    lab.backend.open('parent');
    const barrier = { name: 'close', count: 2 };
    const [left] = await Promise.all([
      first.ask({ do: 'close' }, barrier) as Promise<readonly HandleText[]>,
      second.ask({ do: 'adopt' }, barrier),
    ]);
    await second.ask({ do: 'adopt' });
    await second.ask({ do: 'settled' });

    expect(wrongs(lab.backend, new Map(['parent', ...keys].map((key) => [key, { tasks: 1 }])))).toEqual([]);
    expect(keys.map((key) => lab.backend.runs(key).length)).toEqual(keys.map(() => 1));
    expect(left.every(({ key }) => keys.includes(key))).toBe(true);
  });

  it('run a job again at once: each has a run of its own', async () => {
    const lab = await openLab();
    const clients = Array.from({ length: 3 }, () => lab.start({ times: 10 }));
    for (const client of clients) await client.submit({ key: 'named' });
    await clients[0]?.wait('named');

    const again = valuesOf(await atOnce<HandleText>(clients, 'rerun', { do: 'rerun', key: 'named' }));
    const ends = await Promise.all(again.map(({ key }, index) => clients[index]?.wait(key)));

    expect(ends.map((end) => end?.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const keys = ['named', ...again.map(({ key }) => key)];
    expect(new Set(keys).size).toBe(4);
    expect(wrongs(lab.backend, new Map(keys.map((key) => [key, { tasks: 1 }])))).toEqual([]);
  });
});
