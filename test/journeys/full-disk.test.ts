import { join } from 'node:path';
import { verifyLedger } from '@scijob/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Allowed, wrongs } from './judge.fixture.ts';
import { openLab } from './lab.fixture.ts';
import { canMount, mountSmallDisk } from './small-disk.fixture.ts';

/** Needs a disk that can be filled: only root may mount one. */
describe.skipIf(!canMount())('a ledger on a disk that is full', { timeout: 60_000 }, () => {
  it('refuses to submit and says the way out; what runs goes on, and all goes on once there is space', async () => {
    const lab = await openLab();
    const disk = mountSmallDisk(join(lab.home, 'disk'));
    if (!disk) throw new Error('A disk was to be had a moment ago.');
    onTestFinished(() => disk.remove());
    const ledger = join(disk.folder, 'ledger');
    const client = lab.start({ ledger, times: 10 });
    const [running] = await client.submit({ key: 'running', plan: { gate: 'running' } });
    await client.submit({ key: 'held', after: [{ key: 'running', condition: 'afterok' }] });
    await client.submit({ key: 'failing', plan: { failFirst: 1, gate: 'running' }, retries: 1 });

    disk.fill();
    const refused = await client.submit({ key: 'late' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'LEDGER_WRITE_FAILED', message: expect.stringMatching(/free|space|disk/i) });
    // Without a claim, its record is the first to be written: too long for what is left of the page it begins on.
    const plan = { gate: 'long'.repeat(1_500) };
    const unnamed = await client.submit({ key: '', isUnnamed: true, plan }).catch((error: unknown) => error);
    expect(unnamed).toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
    const second = lab.start({ ledger });
    expect(await second.submit({ key: 'late' }).catch((error: unknown) => error)).toMatchObject({
      code: expect.stringMatching(/^LEDGER_/),
    });
    expect(lab.backend.record.filter(({ type }) => type === 'created')).toHaveLength(2);

    expect(await client.status('running')).toMatchObject({ state: 'running' });
    lab.backend.open('running');
    expect(await client.wait('running')).toMatchObject({ state: 'succeeded' });
    // Nobody may create work that cannot be written down.
    await expect.poll(async () => (await client.status('failing')).state, { timeout: 20_000 }).toBe('held');
    await client.ask({ do: 'pass', ms: 10_000 });
    expect(await client.status('held')).toMatchObject({ state: 'held' });
    expect(lab.backend.created('held')).toEqual([]);
    expect(lab.backend.created('failing')).toHaveLength(1);

    disk.free();
    expect(await client.wait('held')).toMatchObject({ state: 'succeeded' });
    expect(await client.wait('failing')).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    await client.submit({ key: 'late' });
    expect(await client.wait('late')).toMatchObject({ state: 'succeeded' });
    const third = lab.start({ ledger, times: 10 });
    await third.ask({ do: 'attach', ref: running?.ref ?? '' });
    expect(await third.wait('running')).toMatchObject({ state: 'succeeded' });

    const once = ['running', 'held', 'late'].map((key): [string, Allowed] => [key, { tasks: 1 }]);
    expect(wrongs(lab.backend, new Map([...once, ['failing', { tasks: 1, runs: 2 }]]))).toEqual([]);
    expect(await verifyLedger(ledger)).toMatchObject({ status: 'intact', findings: [] });
  });
});
