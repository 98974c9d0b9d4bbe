import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerAnchor, openLedger, verifyLedger } from '@scijob/core';
import { describe, expect, it } from 'vitest';
import { wrongs } from './judge.fixture.ts';
import { type Lab, openLab } from './lab.fixture.ts';
import type { HandleText, LabJob } from './lab-client.fixture.ts';

async function countJobs(lab: Lab): Promise<number> {
  const ledger = await openLedger(lab.ledger);
  let count = 0;
  for await (const _ of ledger.jobs()) count += 1;
  await ledger.close();
  return count;
}

async function anchorOf(lab: Lab): Promise<LedgerAnchor> {
  const ledger = await openLedger(lab.ledger);
  const anchor = await ledger.anchor();
  await ledger.close();
  return anchor;
}

/** Takes the last lines of the longest segment away, as somebody with an editor would; gives back its path. */
function cutSegment(lab: Lab, count: number): string {
  const folder = join(lab.ledger, 'segments');
  const [longest] = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), lines: readFileSync(join(folder, name), 'utf8').split('\n') }))
    .toSorted((a, b) => b.lines.length - a.lines.length);
  if (!longest) throw new Error('The ledger has no segment.');
  writeFileSync(longest.path, `${longest.lines.slice(0, -1 - count).join('\n')}\n`);
  return longest.path;
}

describe('a ledger shared by sixteen clients', { timeout: 60_000 }, () => {
  it('keeps what all of them submit at once, and one job for each key they share', async () => {
    const lab = await openLab();
    const clients = Array.from({ length: 16 }, () => lab.start());
    await Promise.all(clients.map((client) => client.ready()));
    const shared = Array.from({ length: 10 }, (_, index): LabJob => ({ key: `shared-${index}` }));
    const own = clients.map((_, client) =>
      Array.from({ length: 12 }, (__, index): LabJob => ({ key: `own-${client}-${index}` })),
    );

    const barrier = { name: 'all', count: clients.length };
    const submitting = Promise.all(
      clients.map((client, index) => client.ask({ do: 'submit', jobs: [...(own[index] ?? []), ...shared] }, barrier)),
    );
    let isDone = false;
    void submitting.finally(() => {
      isDone = true;
    });
    // Read while they write: what was there once is never gone.
    for (let seen = 0; !isDone; ) {
      const now = await countJobs(lab);
      expect(now).toBeGreaterThanOrEqual(seen);
      seen = now;
    }
    const told = ((await submitting) as readonly HandleText[][]).flat();

    const keys = [...shared, ...own.flat()].map(({ key }) => key);
    expect(await countJobs(lab)).toBe(keys.length);
    expect(new Set(told.map(({ key, ref }) => `${key} ${ref}`)).size).toBe(keys.length);
    expect(wrongs(lab.backend, new Map(keys.map((key) => [key, { tasks: 1 }])))).toEqual([]);
    const created = lab.backend.record.filter(({ type }) => type === 'created');
    expect(created).toHaveLength(keys.length);
    await Promise.all(clients.map((client) => client.ask({ do: 'close' })));
    const verified = await lab.verify();
    expect(verified).toMatchObject({ status: 'intact', findings: [] });
    expect(verified.segments).toHaveLength(16);
  });

  it('of which somebody cut the last forty lines: found with an anchor, said to be unknowable without', async () => {
    const lab = await openLab();
    const client = lab.start();
    const jobs = Array.from({ length: 40 }, (_, index): LabJob => ({ key: `job-${index}` }));
    await client.submit(...jobs);
    for (const { key } of jobs) await client.wait(key);
    await client.ask({ do: 'close' });
    const anchor = await anchorOf(lab);

    const path = cutSegment(lab, 40);

    const without = await verifyLedger(lab.ledger);
    expect(without).toMatchObject({ status: 'intact', findings: [] });
    expect(without.limits.join('\n')).toMatch(
      /confirmed by nobody else: whether more followed them, .* cannot be known/,
    );
    expect(without.limits.join('\n')).toContain('Without an anchor kept elsewhere');
    const found = await verifyLedger(lab.ledger, { anchor });
    expect(found).toMatchObject({ status: 'damaged', findings: [{ type: 'head-differs', path }] });
  });

  it('of which somebody cut the last forty lines after another had begun: found without an anchor', async () => {
    const lab = await openLab();
    const [first, second] = [lab.start(), lab.start()];
    const jobs = Array.from({ length: 40 }, (_, index): LabJob => ({ key: `job-${index}` }));
    await first.submit(...jobs);
    for (const { key } of jobs) await first.wait(key);
    await first.ask({ do: 'close' });
    await second.submit({ key: 'later' });
    await second.ask({ do: 'close' });

    const path = cutSegment(lab, 40);

    expect(await verifyLedger(lab.ledger)).toMatchObject({
      status: 'damaged',
      findings: [{ type: 'head-differs', path }],
    });
  });

  it('that forgot jobs whose lines were cut: their science still runs once, by the guard of the backend', async () => {
    const lab = await openLab();
    const first = lab.start();
    const jobs = Array.from({ length: 30 }, (_, index): LabJob => ({ key: `job-${index}` }));
    for (const job of jobs) await first.submit(job);
    await first.kill();
    await lab.backend.until(() => lab.backend.record.filter(({ type }) => type === 'run').length === jobs.length);
    cutSegment(lab, 40);

    // The claims are left and their session is dead: nobody can know that it had come further than that.
    const second = lab.start({ times: 20 });
    await second.submit(...jobs);
    const created = lab.backend.record.filter(({ type }) => type === 'created').length;
    const again = created - jobs.length;
    await lab.backend.until(() => lab.backend.record.filter(({ type }) => type === 'refused').length === again);

    expect(again).toBeGreaterThan(0);
    expect(jobs.map(({ key }) => lab.backend.runs(key).length)).toEqual(jobs.map(() => 1));
  });
});
