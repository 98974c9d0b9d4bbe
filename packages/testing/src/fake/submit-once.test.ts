import type { AdapterCapabilities, JobKind } from '@scijob/core/adapter';
import { REFUSED_EXIT_CODE } from '@scijob/core/wrapper';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createFakeAdapter } from './create-fake-adapter.ts';
import { callContext, look, partKey, partOf, submitPart } from './fake.fixture.ts';

function setUp(capabilities: Partial<AdapterCapabilities<JobKind>>) {
  const clock = manualClock();
  const adapter = createFakeAdapter({ queueSeconds: 10, runSeconds: 10, capabilities });
  const find = async (key: string) => {
    const [outcome] = await clock.run(adapter.find([partKey(key)], callContext(clock)));
    return outcome;
  };
  return { clock, adapter, find, backend: adapter.backend };
}

describe('a backend that knows tokens', () => {
  it('gives back the first job when a part is sent again', async () => {
    const { clock, adapter, backend } = setUp({ submitOnce: 'token' });
    const first = await submitPart(adapter, partOf('k'), clock);
    const second = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(60_000);

    expect(second).toEqual(first);
    expect(backend.created).toHaveLength(1);
    expect(backend.runs).toHaveLength(1);
  });
});

describe('a backend with a guard', () => {
  it('makes a second job of a part that is sent again, and that one refuses itself', async () => {
    const { clock, adapter, backend } = setUp({ submitOnce: 'guard' });
    const first = await submitPart(adapter, partOf('k'), clock);
    const second = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(60_000);

    expect(backend.created.map(({ token }) => token)).toEqual(['token-of-k-1', 'token-of-k-1']);
    expect(await look(adapter, first, clock)).toMatchObject({ state: 'succeeded' });
    expect(await look(adapter, second, clock)).toMatchObject({ state: 'failed', exitCode: REFUSED_EXIT_CODE });
    expect(backend.runs.map(({ nativeId }) => nativeId)).toEqual([backend.created[0]?.nativeId]);
    expect(backend.doubles).toEqual([]);
  });

  it('counts no run for the one that refused itself: the script goes on where it was', async () => {
    const clock = manualClock();
    const adapter = createFakeAdapter({ ends: ['node-failure', 'out-of-memory', 'succeeded'] });
    await submitPart(adapter, partOf('k'), clock);
    await submitPart(adapter, partOf('k'), clock);
    await clock.advance(1_000);
    expect(adapter.backend.runs).toHaveLength(1);
    const next = await submitPart(adapter, partOf('k', { submission: 2 }), clock);

    expect(await look(adapter, next, clock)).toMatchObject({ reason: 'out-of-memory', attempt: '2.0' });
  });

  it('fences what it does not find: what arrives later refuses itself', async () => {
    const { clock, adapter, backend, find } = setUp({ submitOnce: 'guard' });
    expect(await find('k')).toMatchObject({ type: 'absent', evidence: { fenced: true } });
    const late = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(60_000);

    expect(await look(adapter, late, clock)).toMatchObject({ state: 'failed', exitCode: REFUSED_EXIT_CODE });
    expect(backend.runs).toEqual([]);
    expect(await find('k')).toMatchObject({ type: 'absent' });
  });

  it('fences what is there and cannot be seen yet, unless it runs already', async () => {
    const { clock, adapter, backend, find } = setUp({ submitOnce: 'guard', visibleAfterSeconds: 30 });
    await submitPart(adapter, partOf('unseen'), clock);
    await submitPart(adapter, partOf('running'), clock);
    expect(await find('unseen')).toMatchObject({ type: 'absent' });
    await clock.advance(15_000);

    expect(await find('running')).toEqual({ type: 'found', nativeId: backend.created[1]?.nativeId });
    expect(backend.runs.map(({ key }) => key)).toEqual(['running']);
  });

  it('does not call absent what ran and was forgotten', async () => {
    const { clock, adapter, backend, find } = setUp({ submitOnce: 'guard', forgottenAfterSeconds: 3_600 });
    await submitPart(adapter, partOf('k'), clock);
    await submitPart(adapter, partOf('purged'), clock);
    await clock.advance(3_600_000);
    expect(await find('k')).toMatchObject({ type: 'found' });
    await clock.advance(60_000);
    backend.purge('purged');

    expect(await find('k')).toMatchObject({ type: 'unknown' });
    expect(await find('purged')).toMatchObject({ type: 'unknown' });
  });
});

describe('a backend that can only be looked through', () => {
  const lookup = { submitOnce: 'lookup', visibleAfterSeconds: 30, forgottenAfterSeconds: 3_600 } as const;

  it('really runs a part twice that is sent twice', async () => {
    const { clock, adapter, backend } = setUp(lookup);
    await submitPart(adapter, partOf('k'), clock);
    await submitPart(adapter, partOf('k'), clock);
    await clock.advance(60_000);

    expect(backend.runs).toHaveLength(2);
    expect(backend.doubles).toEqual([backend.runs[1]]);
  });

  it('waits until what was accepted must be visible before it says that there is nothing', async () => {
    const { clock, adapter, backend, find } = setUp(lookup);
    await submitPart(adapter, partOf('k'), clock);
    expect(await find('k')).toEqual({ type: 'found', nativeId: backend.created[0]?.nativeId });
    expect(clock.monotonicMs()).toBe(30_000);
    expect(await find('other')).toMatchObject({ type: 'absent', evidence: { waitedSeconds: 30 } });
    expect(clock.monotonicMs()).toBe(60_000);
  });

  it('says that it does not know where it has no time to wait', async () => {
    const { clock, adapter } = setUp({ ...lookup, visibleAfterSeconds: 600 });
    const [outcome] = await clock.run(adapter.find([partKey('k')], callContext(clock)));
    expect(outcome).toMatchObject({ type: 'unknown' });
    expect(clock.monotonicMs()).toBe(0);
  });

  it('does not call absent what it has forgotten', async () => {
    const { clock, adapter, find } = setUp(lookup);
    await submitPart(adapter, partOf('k'), clock);
    await clock.advance(3_700_000);
    expect(await find('k')).toMatchObject({ type: 'unknown' });
  });
});
