import { openLedger } from '@scijob/core';
import { describe, expect, it } from 'vitest';
import { wrongs } from './judge.fixture.ts';
import { type Lab, openLab } from './lab.fixture.ts';
import { hasOtherHost } from './other-host.fixture.ts';

/** Two minutes of silence are over in three seconds. */
const TIMES = 40;

async function twoHosts(): Promise<{ lab: Lab; owner: ReturnType<Lab['start']>; other: ReturnType<Lab['start']> }> {
  const lab = await openLab();
  const [owner, other] = [lab.start({ isElsewhere: true, times: TIMES }), lab.start({ times: TIMES })];
  await Promise.all([owner.ready(), other.ready()]);
  return { lab, owner, other };
}

function oneEach(...keys: readonly string[]) {
  return new Map(keys.map((key) => [key, { tasks: 1 }]));
}

async function takeovers(lab: Lab): Promise<number> {
  const ledger = await openLedger(lab.ledger);
  let count = 0;
  for await (const _ of ledger.records({ types: ['takeover'] })) count += 1;
  await ledger.close();
  return count;
}

/** Needs process namespaces: without them there is no other host to be had on one machine. */
describe.skipIf(!hasOtherHost)('an owner on another host that stands still past its lease', { timeout: 60_000 }, () => {
  it('is followed by another, and does not release its held job again when it wakes', async () => {
    const { lab, owner, other } = await twoHosts();
    await owner.submit({ key: 'parent', plan: { gate: 'parent' } });
    const [held] = await owner.submit({ key: 'child', after: [{ key: 'parent', condition: 'afterok' }] });
    await other.ask({ do: 'attach', ref: held?.ref ?? '' });

    owner.signal('SIGSTOP');
    lab.backend.open('parent');
    expect(await other.wait('child')).toEqual({ state: 'succeeded', attempt: '1.0' });
    owner.signal('SIGCONT');
    await owner.ask({ do: 'settled' });

    expect(await owner.wait('child')).toEqual({ state: 'succeeded', attempt: '1.0' });
    expect(await takeovers(lab)).toBe(1);
    expect(lab.backend.created('child')).toHaveLength(1);
    expect(wrongs(lab.backend, oneEach('parent', 'child'))).toEqual([]);
    expect(await lab.verify()).toMatchObject({ status: 'intact' });
  });

  it.each([
    ['arrives after it was given up: it refuses itself', 'late'],
    ['arrives before anybody looks: it is the one', 'early'],
  ] as const)('was sending when it stopped, and what it sent %s', async (_, when) => {
    const { lab, owner, other } = await twoHosts();
    await owner.submit({ key: 'parent', plan: { gate: 'parent' } });
    const [held] = await owner.submit({ key: 'child', after: [{ key: 'parent', condition: 'afterok' }] });
    await other.ask({ do: 'attach', ref: held?.ref ?? '' });

    lab.backend.freezeNextSubmit();
    const sent = lab.backend.moment('request', 'submit');
    lab.backend.open('parent');
    await sent;
    owner.signal('SIGSTOP');
    if (when === 'early') {
      lab.backend.thaw();
      await lab.backend.until(() => lab.backend.runs('child').length === 1);
    }
    expect(await other.wait('child')).toMatchObject({ state: 'succeeded' });
    if (when === 'late') {
      lab.backend.thaw();
      await lab.backend.until(() => lab.backend.record.some(({ type }) => type === 'refused'));
    }
    owner.signal('SIGCONT');
    await owner.ask({ do: 'settled' });

    const third = lab.start({ times: TIMES });
    await third.ask({ do: 'attach', ref: held?.ref ?? '' });
    const ends = await Promise.all([owner, other, third].map((client) => client.wait('child')));
    expect(ends.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(lab.backend.created('child')).toHaveLength(when === 'late' ? 2 : 1);
    expect(lab.backend.runs('child')).toHaveLength(1);
    expect(wrongs(lab.backend, oneEach('parent', 'child'))).toEqual([]);
  });

  it('does not try again what the other has tried again', async () => {
    const { lab, owner, other } = await twoHosts();
    const plan = { failFirst: 2, gate: 'start' };
    const [handle] = await owner.submit({ key: 'retried', plan, retries: 2, delaySeconds: 20 });
    await other.ask({ do: 'attach', ref: handle?.ref ?? '' });

    lab.backend.open('start');
    await expect.poll(async () => (await owner.status('retried')).state, { timeout: 20_000 }).toBe('held');
    owner.signal('SIGSTOP');
    expect(await other.wait('retried')).toEqual({ state: 'succeeded', attempt: '3.0' });
    owner.signal('SIGCONT');
    await owner.ask({ do: 'settled' });

    expect(await owner.wait('retried')).toEqual({ state: 'succeeded', attempt: '3.0' });
    expect(lab.backend.created('retried').map(({ submission }) => submission)).toEqual([1, 2, 3]);
    expect(wrongs(lab.backend, new Map([['retried', { tasks: 1, runs: 3 }]]))).toEqual([]);
  });

  it('keeps its window together with the other', async () => {
    const { lab, owner, other } = await twoHosts();
    const [handle] = await owner.submit({ key: 'window', items: 10, maxConcurrent: 3, plan: { gate: 'window' } });
    await other.ask({ do: 'attach', ref: handle?.ref ?? '' });

    owner.signal('SIGSTOP');
    lab.backend.open('window');
    expect(await other.wait('window')).toMatchObject({ state: 'succeeded' });
    owner.signal('SIGCONT');
    await owner.ask({ do: 'settled' });

    expect(await owner.wait('window')).toMatchObject({ state: 'succeeded' });
    const ran = lab.backend.created('window').flatMap(({ tasks }) => tasks);
    expect(ran.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(wrongs(lab.backend, new Map([['window', { tasks: 10, window: 3 }]]))).toEqual([]);
  });
});
