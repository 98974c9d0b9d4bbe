import type { ChildObservation, ChildQuery, JobRef } from '@scijob/core/adapter';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createFakeAdapter, type FakeAdapterOptions } from './create-fake-adapter.ts';
import { callContext, look, numbered, partOf, submitPart } from './fake.fixture.ts';

function setUp(options: FakeAdapterOptions = {}) {
  const clock = manualClock();
  const adapter = createFakeAdapter(options);
  const { backend } = adapter;
  const startsOf = (key: string) =>
    backend.runs.filter((run) => run.key === key).map(({ index, startedAt }) => `${index} at ${secondsOf(startedAt)}`);
  const children = async (ref: JobRef, query: ChildQuery) => {
    const rows: ChildObservation[] = [];
    for (let cursor = query.cursor; ; ) {
      const page = await adapter.listChildren(
        ref,
        { ...query, ...(cursor === undefined ? {} : { cursor }) },
        callContext(clock),
      );
      rows.push(...page.items);
      if (page.end || page.cursor === cursor) return { rows, end: page.end, cursor };
      cursor = page.cursor;
    }
  };
  const counts = async (ref: JobRef) => (await adapter.observe([{ ref }], callContext(clock))).seen[0]?.counts;
  return {
    clock,
    adapter,
    backend,
    startsOf,
    children,
    counts,
    submit: (part: ReturnType<typeof partOf>) => submitPart(adapter, part, clock),
  };
}

function secondsOf(at: Date): number {
  return (at.getTime() - Date.UTC(2026, 0, 1)) / 1_000;
}

describe('an array', () => {
  it('is counted, and lists its tasks in the order they ended', async () => {
    const { clock, adapter, submit, children, counts } = setUp({
      runSeconds: ({ index = 0 }) => 100 - 10 * index,
      ends: ({ index }) => (index === 3 ? 'exit-nonzero' : 'succeeded'),
      pageSize: 2,
    });
    const ref = await submit(partOf('k', { items: numbered(6) }));
    await clock.advance(75_000);

    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'running' });
    expect(await counts(ref)).toEqual({ running: 3, succeeded: 2, failed: 1 });
    const ended = await children(ref, { states: ['succeeded', 'failed'] });
    expect(ended.rows.map(({ child, status }) => `${child} ${status.state}`)).toEqual([
      '5 succeeded',
      '4 succeeded',
      '3 failed',
    ]);
    expect(ended.end).toBe(false);
    const live = await children(ref, { states: ['running'] });
    expect(live.rows.map(({ child }) => child)).toEqual([0, 1, 2]);

    await clock.advance(60_000);
    const rest = await children(ref, { states: ['succeeded', 'failed'], cursor: ended.cursor ?? '' });
    expect(rest.rows.map(({ child }) => child)).toEqual([2, 1, 0]);
    expect(rest.end).toBe(true);
  });

  it('gives one task by its index, whatever its state', async () => {
    const { adapter, submit, clock } = setUp({ queueSeconds: 10, runSeconds: 10 });
    const part = partOf('k', { items: numbered(10) });
    const ref = await submit({
      ...part,
      tasks: [
        [2, 3],
        [7, 7],
      ],
    });
    const row = async (index: number) => (await adapter.listChildren(ref, { index }, callContext(clock))).items;

    expect(await row(3)).toMatchObject([{ child: 3, status: { state: 'queued' } }]);
    await clock.advance(20_000);
    expect(await row(7)).toMatchObject([{ child: 7, status: { state: 'succeeded' }, usage: { wallSeconds: 10 } }]);
    expect(await row(4)).toEqual([]);
  });

  it('runs as many at once as it may, and items of one native task one after the other', async () => {
    const { clock, submit, startsOf } = setUp({ queueSeconds: 5, runSeconds: 10 });
    await submit(partOf('two', { items: numbered(5), maxConcurrent: 2 }));
    await submit(partOf('packed', { items: numbered(5), maxConcurrent: 1, itemsPerTask: 2 }));
    await clock.advance(200_000);

    expect(startsOf('two')).toEqual(['0 at 5', '1 at 5', '2 at 15', '3 at 15', '4 at 25']);
    expect(startsOf('packed')).toEqual(['0 at 5', '1 at 15', '2 at 25', '3 at 35', '4 at 45']);
  });

  it('keeps its places in order when tasks are cancelled, run again and held', async () => {
    const { clock, submit, backend, adapter, counts } = setUp({
      runSeconds: 10,
      ends: ({ index }, { run }) => (index === 0 && run === 1 ? 'preempted' : 'succeeded'),
      restarts: { preempted: 1 },
    });
    const ref = await submit(partOf('k', { items: numbered(9), maxConcurrent: 2, itemsPerTask: 3 }));
    backend.hold('k', { index: 4 });
    await adapter.cancel([{ ref, children: [5, 7] }], 'not needed', callContext(clock));
    await clock.advance(100_000);
    expect(await counts(ref)).toEqual({ held: 1, succeeded: 6, cancelled: 2 });
    backend.release('k');
    await clock.advance(100_000);

    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'cancelled' });
    expect(backend.doubles).toEqual([]);
    expect(backend.runs.map(({ index }) => index).sort()).toEqual([0, 0, 1, 2, 3, 4, 6, 8]);
    const atOnce = backend.runs.map(
      (one) =>
        backend.runs.filter((other) => other.startedAt <= one.startedAt && (other.endedAt ?? 0) > one.startedAt).length,
    );
    expect(Math.max(...atOnce)).toBe(2);
  });

  it('starts nothing in the place of a task that no longer waits for one', async () => {
    const { clock, submit, backend, adapter, startsOf, counts } = setUp({ runSeconds: 10 });
    const ref = await submit(partOf('k', { items: numbered(4), maxConcurrent: 1 }));
    await clock.advance(1_000);
    expect(await counts(ref)).toEqual({ running: 1, queued: 3 });
    await adapter.cancel([{ ref, children: [1] }], 'not needed', callContext(clock));
    backend.hold('k', { index: 2 });
    await clock.advance(60_000);
    expect(await counts(ref)).toEqual({ succeeded: 2, cancelled: 1, held: 1 });
    backend.release('k', { index: 2 });
    await clock.advance(60_000);

    expect(await counts(ref)).toEqual({ succeeded: 3, cancelled: 1 });
    expect(startsOf('k')).toEqual(['0 at 0', '3 at 10', '2 at 61']);
  });

  it('of 100,000 tasks is moved to the present by one look', async () => {
    const { clock, submit, counts, children } = setUp({
      queueSeconds: (_, { index }) => index % 1_000,
      runSeconds: 60,
    });
    const ref = await submit(partOf('k', { items: numbered(100_000), maxConcurrent: 5_000 }));
    await clock.advance(500_000);
    expect((await counts(ref))?.succeeded).toBeGreaterThan(30_000);
    await clock.advance(5_000_000);
    expect(await counts(ref)).toEqual({ succeeded: 100_000 });
    expect((await children(ref, { states: ['succeeded'] })).rows).toHaveLength(100_000);
  });
});

describe('native dependencies', () => {
  it.each([
    ['afterok', 'succeeded', 'succeeded'],
    ['afterok', 'exit-nonzero', 'dependency-failed'],
    ['afterany', 'exit-nonzero', 'succeeded'],
    ['afternotok', 'exit-nonzero', 'succeeded'],
    ['afternotok', 'succeeded', 'dependency-failed'],
  ] as const)('%s of a job that ended with %s: %s', async (condition, parentEnd, expected) => {
    const { clock, adapter, submit, startsOf } = setUp({
      runSeconds: 10,
      ends: ({ key }) => (key === 'parent' ? parentEnd : 'succeeded'),
    });
    const ref = await submit(partOf('parent'));
    const child = await submit(partOf('child', { after: [{ ref, condition }] }));
    await clock.advance(5_000);
    expect(await look(adapter, child, clock)).toMatchObject({ state: 'held', waitingFor: 'dependency' });
    await clock.advance(100_000);

    const status = await look(adapter, child, clock);
    expect(status && 'reason' in status ? status.reason : status?.state).toBe(expected);
    expect(startsOf('child')).toEqual(expected === 'succeeded' ? ['0 at 10'] : []);
    // Known to have ended before it was named.
    const late = await submit(partOf('late', { after: [{ ref, condition }] }));
    expect((await look(adapter, late, clock))?.state).toBe(expected === 'succeeded' ? 'running' : 'failed');
  });

  it('aftercorr starts each task after the task of the same index', async () => {
    const { clock, submit, adapter, startsOf, counts } = setUp({
      runSeconds: ({ key, index = 0 }) => (key === 'parent' ? 10 * (index + 1) : 1),
      ends: ({ key, index }) => (key === 'parent' && index === 1 ? 'out-of-memory' : 'succeeded'),
    });
    const ref = await submit(partOf('parent', { items: numbered(3) }));
    const child = await submit(partOf('child', { items: numbered(3), after: [{ ref, condition: 'aftercorr' }] }));
    await clock.advance(100_000);

    await look(adapter, child, clock);
    expect(startsOf('child')).toEqual(['0 at 10', '2 at 30']);
    expect(await counts(child)).toEqual({ succeeded: 2, failed: 1 });
  });

  it('on a job that the backend does not know are refused', async () => {
    const { adapter, submit, clock, backend } = setUp();
    const ref = await submit(partOf('parent'));
    backend.reuseId('parent');
    const after = [{ ref, condition: 'afterok' as const }];
    expect(await adapter.submit([partOf('child', { after })], callContext(clock))).toMatchObject([{ type: 'refused' }]);
    const none = setUp({ capabilities: { dependencies: { afterok: 'owner' } } });
    const other = await none.submit(partOf('parent'));
    await expect(none.submit(partOf('child', { after: [{ ref: other, condition: 'afterok' }] }))).rejects.toThrow(
      'after',
    );
  });
});
