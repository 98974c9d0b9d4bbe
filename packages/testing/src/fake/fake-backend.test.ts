import { CommandJob, createClient, file } from '@scijob/core';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createFakeAdapter } from './create-fake-adapter.ts';
import { callContext, look, numbered, partOf, submitPart } from './fake.fixture.ts';
import { createFakeBackend } from './fake-backend.ts';
import type { FakeBackendOptions } from './fake-options.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function setUp(options: FakeBackendOptions = {}) {
  const clock = manualClock();
  const backend = createFakeBackend(options);
  const adapter = createFakeAdapter({ backend });
  const { run } = clock;
  return { clock, backend, adapter, context: callContext(clock), run: run.bind(clock) };
}
const endless = { runSeconds: Number.POSITIVE_INFINITY };

describe('a backend that several clients share', () => {
  it('is the same for each of them, and outlives them', async () => {
    const { clock, backend, run } = setUp({ runSeconds: 3_600 });
    const clientOn = () => {
      const hpc = createFakeAdapter({ backend });
      const client = createClient({ adapters: { hpc }, ledger: 'memory', logger: false, clock });
      open.push(client);
      return { client, hpc };
    };
    const first = clientOn();
    const job = new CommandJob({ name: 'dock', command: ['vina'], outputs: { scores: file('scores.csv') } });
    const ref = (await first.client.submit(job)).toString();
    await first.client.close();

    const second = clientOn();
    const handle = await second.client.attach(ref, { as: job });
    const { scores } = await run(handle.result());
    expect(scores.sizeBytes).toBeGreaterThan(0);
    expect(second.hpc.submitted).toEqual([]);
    expect(backend.submitted).toHaveLength(1);
    expect(backend.created).toMatchObject([{ submission: 1, part: 0, tasks: 1, at: new Date('2026-01-01') }]);
    expect(backend.created[0]?.nativeId).toMatch(/^\d{7}$/);
  });

  it('takes no options beside it', () => {
    const { backend } = setUp();
    const both = { backend, ends: 'preempted' } as { backend: typeof backend };
    expect(() => createFakeAdapter(both)).toThrow('createFakeBackend({ ends })');
  });
});

describe('moved by hand, a job', () => {
  it('ends as it is told, by key, token, native id or ref', async () => {
    const { backend, adapter, clock } = setUp(endless);
    const refs = await Promise.all(['a', 'b', 'c', 'd'].map((key) => submitPart(adapter, partOf(key), clock)));
    await clock.advance(1_000);
    backend.end('a', { reason: 'exit-nonzero', exitCode: 9 });
    backend.end('token-of-b-1');
    backend.end(backend.created[2]?.nativeId ?? '', 'node-failure');
    backend.end(refs[3] ?? '', 'time-limit');

    const statuses = await Promise.all(refs.map((ref) => look(adapter, ref, clock)));
    expect(statuses).toMatchObject([
      { state: 'failed', exitCode: 9 },
      { state: 'succeeded' },
      { reason: 'node-failure' },
      { reason: 'time-limit' },
    ]);
    expect(() => backend.end('nobody')).toThrow('has no job "nobody". The last ones are: 4100001 (a)');
  });

  it('is run again after its end, or taken off its machine', async () => {
    const { backend, adapter, clock } = setUp({ runSeconds: 100, logs: ({ key }, { attempt }) => `${key} ${attempt}` });
    const ref = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(50_000);
    backend.preempt('k');
    await clock.advance(99_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'running', attempt: '1.1' });
    await clock.advance(1_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded', attempt: '1.1' });
    backend.preempt('k');
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded', attempt: '1.1' });
    expect(backend.doubles).toEqual([]);
    backend.requeue('k');
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'running', attempt: '1.2' });

    expect(backend.runs.map(({ end }) => end)).toEqual(['requeued', 'succeeded', undefined]);
    expect(backend.doubles.map(({ attempt }) => attempt)).toEqual(['1.2']);
    const { lines } = await adapter.readLogs(ref, {}, callContext(clock));
    expect(lines.map(({ text, attempt }) => `${text} ${attempt}`)).toEqual(['k 1.0 1.0', 'k 1.1 1.1', 'k 1.2 1.2']);
    const tail = await adapter.readLogs(ref, { tailLines: 1, attempt: '1.1' }, callContext(clock));
    expect(tail.lines.map(({ text }) => text)).toEqual(['k 1.1']);
  });

  it('opens an array again that had ended, as a later attempt of the array', async () => {
    const { backend, adapter, clock, context } = setUp({ ends: ['node-failure', 'succeeded'] });
    const ref = await submitPart(adapter, partOf('k', { items: numbered(3) }), clock);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'failed', attempt: '1.0' });
    const seen = await adapter.listChildren(ref, { states: ['failed', 'succeeded'] }, context);
    backend.requeue('k');

    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded', attempt: '1.1' });
    const query = {
      states: ['failed', 'succeeded'] as const,
      ...(seen.cursor === undefined ? {} : { cursor: seen.cursor }),
    };
    const later = await adapter.listChildren(ref, query, context);
    expect(later.items.map(({ child, status }) => `${child} ${status.state}`)).toEqual([
      '0 succeeded',
      '1 succeeded',
      '2 succeeded',
    ]);
    expect((await adapter.listChildren(ref, { states: ['failed', 'succeeded'] }, context)).items).toHaveLength(3);
  });

  it('stands still while it is held, and goes on where it was', async () => {
    const { backend, adapter, clock } = setUp({
      queueSeconds: 10,
      runSeconds: 10,
      logs: ['a', { text: 'b', atSeconds: 5 }],
    });
    const ref = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(4_000);
    backend.hold('k');
    await clock.advance(60_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'held' });
    backend.release('k');
    await clock.advance(8_000);
    backend.hold('k');
    await clock.advance(60_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'suspended' });
    backend.release('k');
    await clock.advance(7_999);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'running' });
    expect((await adapter.readLogs(ref, {}, callContext(clock))).lines).toHaveLength(2);
    await clock.advance(1);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded' });
  });

  it('prints a line and leaves a file when told to; an old version of a file is not handed out', async () => {
    const { backend, adapter, clock, context } = setUp({ outputs: { 'scores.csv': 'old\n' } });
    const outputs = { scores: { type: 'file', path: 'scores.csv', optional: false } } as const;
    const ref = await submitPart(adapter, partOf('k', { outputs }), clock);
    const [listed] = (await adapter.listArtifacts(ref, {}, context)).items;
    if (!listed) throw new Error('nothing listed');
    const read = async (range?: { start: number; end: number }) =>
      new Response(await adapter.openArtifact(ref, listed, range, context)).text();

    expect(await read()).toBe('old\n');
    expect(await read({ start: 1, end: 3 })).toBe('ld');
    backend.write('k', 'scores.csv', 'new\n');
    await expect(read()).rejects.toMatchObject({ code: 'ARTIFACT_CHANGED' });
    expect((await adapter.listArtifacts(ref, {}, context)).items).toMatchObject([{ path: 'scores.csv', sizeBytes: 4 }]);
    backend.write('k', 'scores.csv', null);
    await expect(read()).rejects.toThrow('was removed');
    backend.print('k', 'late news', { stream: 'stderr' });
    expect((await adapter.readLogs(ref, {}, context)).lines).toMatchObject([{ text: 'late news', stream: 'stderr' }]);
  });
});

describe('a backend that forgets', () => {
  it('shows nothing of a purged job, nor of one whose id another has; its files stay', async () => {
    const { backend, adapter, clock, context } = setUp({ runSeconds: 100, logs: 'line' });
    const purged = await submitPart(adapter, partOf('purged'), clock);
    const reused = await submitPart(adapter, partOf('reused'), clock);
    await clock.advance(1_000);
    backend.purge('purged');
    backend.reuseId('reused');

    const sweep = await adapter.observe([{ ref: purged }, { ref: reused }], context);
    expect(sweep.covered).toHaveLength(2);
    expect(sweep.seen).toEqual([]);
    expect(await adapter.cancel([{ ref: reused }], 'why', context)).toMatchObject([
      { type: 'unknown', cause: { code: 'NOT_THIS_JOB' } },
    ]);
    expect((await adapter.readLogs(reused, {}, context)).lines).toHaveLength(1);
    const foreign = { ...reused, key: 'somebody else' };
    await expect(adapter.readLogs(foreign, {}, context)).rejects.toThrow('Nothing was done');
    expect(await adapter.explain?.(reused, context)).toMatchObject({ summary: 'The job cannot be found.' });
  });
});

describe('a backend in trouble', () => {
  it('answers nobody while it is frozen, and all when it thaws; an aborted call ends', async () => {
    const { backend, adapter, clock } = setUp();
    const ref = await submitPart(adapter, partOf('k'), clock);
    backend.freeze();
    const abort = new AbortController();
    const aborted = adapter.observe([{ ref }], callContext(clock, abort.signal));
    let isAnswered = false;
    const patient = look(adapter, ref, clock).finally(() => {
      isAnswered = true;
    });
    await clock.advance(60_000);
    expect(isAnswered).toBe(false);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    backend.thaw();
    expect(await patient).toMatchObject({ state: 'succeeded' });
  });

  it('answers with an error while it is offline', async () => {
    const { backend, adapter, clock } = setUp();
    const ref = await submitPart(adapter, partOf('k'), clock);
    backend.goOffline(new Error('no route to host'));
    await expect(look(adapter, ref, clock)).rejects.toThrow('no route to host');
    backend.goOnline();
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded' });
  });

  it('starts nothing while it is paused', async () => {
    const { backend, adapter, clock, context } = setUp({ runSeconds: 10 });
    backend.pauseStarts();
    const ref = await submitPart(adapter, partOf('k'), clock);
    await clock.advance(60_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'queued' });
    expect(await adapter.explain?.(ref, context)).toMatchObject({ causes: [{ text: 'The backend starts nothing.' }] });
    backend.resumeStarts();
    await clock.advance(10_000);
    expect(await look(adapter, ref, clock)).toMatchObject({ state: 'succeeded' });
  });
});
