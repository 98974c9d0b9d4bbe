import { CommandJob, createClient, file, files, type JobAdapter, json, WorkflowJob } from '@scijob/core';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createFakeAdapter, type FakeAdapterOptions } from './create-fake-adapter.ts';

const dock = new CommandJob({ name: 'dock', command: ['vina'], outputs: { scores: file('scores.csv') } });
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function setUp(options: FakeAdapterOptions = {}) {
  const clock = manualClock();
  const hpc = createFakeAdapter(options);
  const client = createClient({ adapters: { hpc }, ledger: 'memory', logger: false, clock });
  open.push(client);
  return { clock, hpc, client, run: clock.run.bind(clock) };
}

describe('a fake with no options', () => {
  it('lets every job succeed at the next look, and leaves what it declares', async () => {
    const { client, run } = setUp();
    const job = new CommandJob({
      name: 'fold',
      command: ['fold'],
      outputs: {
        structure: file('structure.pdb'),
        notes: file('notes.txt', { optional: true }),
        frames: files('frames/**/[a-z]*.xyz'),
        summary: json('summary.json'),
      },
    });
    const { structure, notes, frames, summary } = await run(client.submit(job).then((handle) => handle.result()));

    expect(await run(structure.text())).toBe('structure.pdb of fold\n');
    expect(notes?.sizeBytes).toBeGreaterThan(0);
    expect(frames.map(({ path }) => path)).toEqual(['frames/a1.xyz']);
    expect(summary).toEqual({});
  });

  it('runs workflows, containers, several processes and arrays', async () => {
    const { client, run, hpc } = setUp();
    const workflow = new WorkflowJob({ name: 'call', workflow: { id: '123' }, parameters: { sample: 'NA12878' } });
    const parallel = dock.with({ image: 'vina:1.2', parallel: { nodes: 2 } });
    const handles = [await client.submit(workflow), await client.submit(parallel), await client.map([1, 2], dock)];

    expect((await run(client.wait(handles))).map(({ state }) => state)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    expect(hpc.submittedParts.map(({ job }) => job.name)).toEqual(['call', 'dock', 'dock']);
    expect(hpc.submitted[0]?.workflow?.parameters).toEqual({ sample: 'NA12878' });
  });

  it('works with the clock of the machine, too', async () => {
    const hpc = createFakeAdapter({ runSeconds: 0.01, capabilities: { cadence: { fastestMs: 1, slowestMs: 5 } } });
    const client = createClient({ adapters: { hpc }, ledger: 'memory', logger: false });
    open.push(client);
    const status = await (await client.submit(dock)).wait();
    expect(status.state).toBe('succeeded');
    expect(Math.abs(status.at.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('stands for any adapter', () => {
    type Slurm = JobAdapter<'command', { readonly qos?: string }>;
    expectTypeOf(createFakeAdapter()).toExtend<Slurm>();
    expectTypeOf(createFakeAdapter()).toExtend<JobAdapter<'workflow', { readonly runGroupId: string }>>();
  });
});

describe('what was submitted', () => {
  it('is remembered one entry per task, its item applied', async () => {
    const { client, hpc } = setUp();
    const base = dock.with({ environment: { SEED: '1', DEBUG: 'yes' }, tags: { study: 'a' } });
    await client.map(['CCO', 'CCN'], (smiles, index) =>
      index === 0
        ? base
        : base.with({ command: ['vina', smiles], environment: { SEED: '2', DEBUG: undefined as unknown as string } }),
    );

    expect(hpc.submitted).toMatchObject([
      { name: 'dock', command: ['vina'], environment: { SEED: '1', DEBUG: 'yes' }, item: 'CCO', index: 0 },
      { name: 'dock', command: ['vina', 'CCN'], item: 'CCN', index: 1, tags: { study: 'a' } },
    ]);
    expect(hpc.submitted[1]?.environment).toEqual({ SEED: '2' });
    expect(hpc.submittedParts).toHaveLength(1);
  });
});

describe('ends', () => {
  it('may be a function of the task: others of the array go on', async () => {
    const { client, run } = setUp({ ends: (job) => (job.command?.includes('bad') ? 'out-of-memory' : 'succeeded') });
    const sweep = await client.map(['CCO', 'bad', 'CCN'], (smiles) => dock.with({ command: ['vina', smiles] }));
    const children = await run(sweep.results().toArray());

    expect(children.map(({ index, state }) => `${index} ${state}`).sort()).toEqual([
      '0 succeeded',
      '1 failed',
      '2 succeeded',
    ]);
    expect(await run(sweep.wait())).toMatchObject({
      state: 'failed',
      reason: 'out-of-memory',
      message: expect.stringContaining('1 of 3 tasks failed, first task 1'),
    });
  });

  it('may have an exit code, a message and the word of the backend', async () => {
    const end = { reason: 'exit-nonzero', exitCode: 3, message: 'No box.', raw: 'FAILED (3)' } as const;
    const { client, run } = setUp({ ends: end, logs: ['starting', { text: 'no box.txt', stream: 'stderr' }] });
    const error = await run(
      client.submit(dock).then(
        (handle) => handle.result(),
        () => undefined,
      ),
    ).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: 'JOB_FAILED', status: { ...end, state: 'failed' }, logTail: ['no box.txt'] });
  });

  it('may be cancelled by an administrator, or lost', async () => {
    const { client, run } = setUp({
      ends: ({ name }) => (name === 'dock' ? 'cancelled-by-admin' : { reason: 'unknown', state: 'lost' }),
    });
    const statuses = await run(
      client.wait([await client.submit(dock), await client.submit(dock.with({ name: 'other' }))]),
    );
    expect(statuses.map(({ state }) => state)).toEqual(['cancelled', 'lost']);
  });

  it('may be a list: one for each time a task runs under its key, the last one for all that follow', async () => {
    const { client, run, hpc } = setUp({ ends: ['node-failure', 'out-of-memory', 'succeeded'] });
    await run(client.submit(dock, { key: 'a' }).then((handle) => handle.wait()));
    for (let times = 0; times < 3; times += 1) {
      hpc.backend.requeue('a');
      expect(hpc.backend.runs).toHaveLength(times + 2);
    }
    expect(hpc.backend.runs.map(({ attempt, end }) => `${attempt} ${end}`)).toEqual([
      '1.0 failed',
      '1.1 failed',
      '1.2 succeeded',
      '1.3 succeeded',
    ]);
    // Another key begins anew.
    expect((await run(client.submit(dock).then((handle) => handle.wait()))).state).toBe('failed');
  });

  it('is refused when it is no end, and ends the task when a function gives none', async () => {
    const noEnd = 'oom' as 'out-of-memory';
    expect(() => createFakeAdapter({ ends: ['succeeded', noEnd] })).toThrow('got "oom"');
    const { client, run } = setUp({ ends: () => noEnd });
    expect(await run(client.submit(dock).then((handle) => handle.wait()))).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('The script of the fake threw'),
    });
  });
});

describe('time', () => {
  it('goes by the clock: a day of queueing, an hour of running', async () => {
    const { client, clock, run } = setUp({ queueSeconds: 86_400, runSeconds: 3_600 });
    const handle = await client.submit(dock);
    const states: string[] = [];
    const watched = handle.statusChanges().forEach(({ state, at }) => {
      states.push(`${state} ${at.toISOString()}`);
    });
    const usage = await run(Promise.all([handle.usage(), handle.wait(), watched]).then(() => handle.usage()));

    expect(states.slice(-2)).toEqual(['running 2026-01-02T00:00:00.000Z', 'succeeded 2026-01-02T01:00:00.000Z']);
    expect(usage).toEqual({ wallSeconds: 3_600, queuedSeconds: 86_400, requested: {}, quality: 'partial' });
    expect(clock.monotonicMs()).toBeLessThan(90_015_000);
  });

  it('may go through any phases, with the words of a backend', async () => {
    const { client, clock, run } = setUp({
      phases: [
        { state: 'held', seconds: 60, raw: 'PENDING (Priority)' },
        { state: 'starting', seconds: 60 },
        { state: 'running', seconds: 60 },
        { state: 'suspended', seconds: 60 },
        { state: 'running', seconds: 60 },
        { state: 'finalizing', seconds: 60 },
      ],
    });
    const handle = await client.submit(dock);
    const seen: string[] = [];
    for (let minute = 0; minute < 7; minute += 1) {
      await clock.advance(30_000);
      const { state, raw } = await run(handle.status());
      seen.push(`${state} ${raw}`);
      await clock.advance(30_000);
    }
    expect(seen).toEqual([
      'held PENDING (Priority)',
      'starting STARTING',
      'running RUNNING',
      'suspended SUSPENDED',
      'running RUNNING',
      'finalizing FINALIZING',
      'succeeded SUCCEEDED',
    ]);
  });

  it('ends what runs longer than its time limit, counted from its start', async () => {
    const { client, run } = setUp({
      queueSeconds: 1_000,
      runSeconds: (job) => Number(job.item),
      capabilities: { timeLimitResolutionSeconds: 60 },
    });
    const sweep = await client.map([119, 120, 121, Number.MAX_SAFE_INTEGER], dock.with({ timeLimitSeconds: 100 }));
    await run(sweep.wait());
    const reasons = await run(
      Promise.all([0, 1, 2, 3].map((index) => sweep.child(index).wait())).then((statuses) =>
        statuses.map((status) => ('reason' in status ? status.reason : status.state)),
      ),
    );
    // The backend rounds the limit up to two minutes.
    expect(reasons).toEqual(['succeeded', 'succeeded', 'time-limit', 'time-limit']);
  });
});

describe('logs', () => {
  it('come as time passes, once, with their time, stream and attempt', async () => {
    const { client, clock, run } = setUp({
      runSeconds: 100,
      logs: ['begun', { text: 'half', atSeconds: 50, stream: 'stderr' }, { text: 'with it', late: true }, 'too'],
    });
    const handle = await client.submit(dock);
    await clock.advance(20_000);
    expect(await run(handle.logs({ follow: false }).text())).toBe('begun\n');
    await clock.advance(30_000);
    expect(await run(handle.logs({ follow: false }).text())).toBe('begun\nhalf\nwith it\ntoo\n');
    const lines = await run(handle.logs().toArray());
    expect(lines.slice(0, 3)).toMatchObject([
      { text: 'begun', stream: 'stdout', at: new Date('2026-01-01T00:00:00Z'), attempt: '1.0' },
      { text: 'half', stream: 'stderr', at: new Date('2026-01-01T00:00:50Z') },
      { text: 'with it', late: true },
    ]);
  });

  it('of an array come in the order they were printed, each with its task; of one task by themselves', async () => {
    const { client, run } = setUp({
      runSeconds: 10,
      logs: ({ index = 0 }) => [
        { text: `${index} a`, atSeconds: index },
        { text: `${index} b`, atSeconds: 5 - index },
      ],
      pageSize: 2,
    });
    const sweep = await client.map([0, 1, 2], dock);
    const lines = await run(sweep.logs().toArray());

    expect(lines.map(({ text }) => text)).toEqual(['0 a', '1 a', '2 a', '2 b', '1 b', '0 b']);
    expect(lines.map(({ child }) => child)).toEqual([0, 1, 2, 2, 1, 0]);
    expect(await run(sweep.child(1).logs().text())).toBe('1 a\n1 b\n');
    const rest = await run(sweep.logs({ from: lines[2]?.cursor ?? '' }).toArray());
    expect(rest.map(({ text }) => text)).toEqual(['2 b', '1 b', '0 b']);
  });

  it('are one list per run where they are a list of lists', async () => {
    const { client, run } = setUp({
      logs: [['first'], 'second\nthird\n'],
      ends: ['preempted', 'succeeded'],
      restarts: { preempted: 1 },
    });
    const handle = await client.submit(dock);
    expect(await run(handle.logs().text())).toBe('first\nsecond\nthird\n');
  });

  it('are shown only after the end, or never, where the backend is like that', async () => {
    const late = setUp({ runSeconds: 100, logs: 'line', capabilities: { logs: 'after-exit' } });
    const handle = await late.client.submit(dock);
    await late.clock.advance(50_000);
    expect(await late.run(handle.logs({ follow: false }).text())).toBe('');
    expect(await late.run(handle.logs().text())).toBe('line\n');

    const none = setUp({ logs: 'line', capabilities: { logs: 'none' } });
    const silent = await none.client.submit(dock);
    expect(await none.run(silent.logs().text())).toBe('');
  });
});

describe('outputs', () => {
  const report = new CommandJob({
    name: 'report',
    command: ['report'],
    outputs: {
      summary: json<{ readonly best: number }>('./summary.json'),
      poses: files('poses/*.pdbqt'),
      raw: file('raw.bin'),
    },
  });

  it('have the content the script gives them: text, bytes, JSON', async () => {
    const { client, run } = setUp({
      outputs: ({ item }) => ({
        'summary.json': { best: Number(item) },
        'poses/1.pdbqt': 'ATOM 1',
        'poses/2.pdbqt': 'ATOM 2',
        'raw.bin': Uint8Array.of(0, 255),
        'scratch.tmp': 'is not declared',
      }),
    });
    const sweep = await client.map([7], report);
    const [child] = await run(sweep.results().toArray());
    if (child?.state !== 'succeeded') throw new Error('it did not succeed');

    expect(child.outputs.summary).toEqual({ best: 7 });
    expect(await run(Promise.all(child.outputs.poses.map((pose) => pose.text())))).toEqual(['ATOM 1', 'ATOM 2']);
    expect(child.outputs.raw.sizeBytes).toBe(2);
    expect((await run(sweep.artifacts().toArray())).map(({ path }) => path)).not.toContain('scratch.tmp');
  });

  it.each([
    ['raw.bin', 'raw'],
    ['poses/*.pdbqt', 'poses'],
    ['./summary.json', 'summary'],
  ])('that are taken away (%s) make the job fail, and the others stay', async (path, name) => {
    const { client, run } = setUp({ outputs: { [path]: null } });
    const handle = await client.submit(report);
    expect(await run(handle.wait())).toMatchObject({
      state: 'failed',
      reason: 'output-missing',
      message: expect.stringContaining(`its output "${name}"`),
    });
    expect(await run(handle.artifacts().toArray())).toHaveLength(2);
  });

  it('that are optional may be taken away', async () => {
    const job = new CommandJob({ name: 'x', command: ['x'], outputs: { notes: file('notes', { optional: true }) } });
    const { client, run } = setUp({ outputs: { notes: null } });
    expect(await run(client.submit(job).then((handle) => handle.result()))).toEqual({ notes: undefined });
  });

  it('are not left by a job that failed', async () => {
    const { client, run } = setUp({ ends: 'time-limit', outputs: { 'scores.csv': 'a' } });
    const handle = await client.submit(dock);
    expect(await run(handle.artifacts().toArray())).toEqual([]);
  });
});

describe('a backend that runs tasks again by itself', () => {
  it('does so as often as it was told, under the next attempt', async () => {
    const { client, run, hpc } = setUp({ ends: 'preempted', runSeconds: 10, restarts: { preempted: 2 } });
    const handle = await client.submit(dock);
    expect(await run(handle.wait())).toMatchObject({ state: 'failed', reason: 'preempted', attempt: '1.2' });
    expect(hpc.backend.runs.map(({ attempt }) => attempt)).toEqual(['1.0', '1.1', '1.2']);
    expect(hpc.backend.doubles).toEqual([]);
  });

  it('keeps to the job’s own budget where retries are native', async () => {
    const { client, run, hpc } = setUp({
      ends: ['exit-nonzero', 'out-of-memory', 'succeeded'],
      capabilities: { retries: { 'exit-nonzero': 'native', 'out-of-memory': 'native' } },
    });
    const handle = await client.submit(dock.with({ retry: { 'exit-nonzero': 1, 'out-of-memory': 1 } }));
    expect(await run(handle.wait())).toMatchObject({ state: 'succeeded', attempt: '1.2' });
    expect(hpc.backend.created).toHaveLength(1);
  });
});

describe('a client that submits again', () => {
  it('finds the next end of the list with each submission', async () => {
    const { client, run, hpc } = setUp({ ends: ['out-of-memory', 'exit-nonzero', 'succeeded'] });
    const job = dock.with({ retry: { 'out-of-memory': 1, 'exit-nonzero': 1 } });
    const handle = await client.submit(job);

    expect(await run(handle.wait())).toMatchObject({ state: 'succeeded', attempt: '3.0' });
    expect(hpc.submitted.map(({ submission }) => submission)).toEqual([1, 2, 3]);
    expect(hpc.backend.runs.map(({ attempt, end }) => `${attempt} ${end}`)).toEqual([
      '1.0 failed',
      '2.0 failed',
      '3.0 succeeded',
    ]);
    expect(hpc.backend.doubles).toEqual([]);
  });

  it('brings only the tasks of an array that failed, under their own indexes', async () => {
    const { client, run, hpc } = setUp({
      ends: ({ index = 0 }, { run: time }) => (index % 2 === 1 && time === 1 ? 'node-failure' : 'succeeded'),
    });
    const sweep = await client.map([10, 11, 12, 13], dock.with({ retry: { 'node-failure': 1 } }));

    expect(await run(sweep.wait())).toMatchObject({ state: 'succeeded' });
    const again = hpc.submitted.filter(({ submission }) => submission > 1);
    expect(again.map(({ index, item }) => `${index} ${item}`)).toEqual(['1 11', '3 13']);
    expect(hpc.backend.doubles).toEqual([]);
  });

  it('leaves it to the backend to wait for another job', async () => {
    const { client, run, hpc } = setUp({ runSeconds: 100 });
    const first = await client.submit(dock.with({ name: 'first' }));
    const second = await client.submit(dock.with({ name: 'second' }), { after: [first] });
    expect(hpc.submittedParts.map(({ after }) => after.length)).toEqual([0, 1]);
    await run(second.wait());
    expect(hpc.backend.runs.map(({ startedAt }) => startedAt.toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:01:40.000Z',
    ]);
  });
});

describe('cancel', () => {
  it('ends what lives, with the reason', async () => {
    const { client, run, clock } = setUp({ runSeconds: Number.POSITIVE_INFINITY, logs: 'begun' });
    const handle = await client.submit(dock);
    await clock.advance(60_000);
    await run(handle.cancel('not needed'));
    expect(await run(handle.wait())).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled-by-user',
      message: 'not needed',
    });
    expect(await run(handle.logs().text())).toBe('begun\n');
  });

  it('takes the time it is given, and a task that ends before has ended by itself', async () => {
    const { client, run, clock } = setUp({ runSeconds: ({ item }) => Number(item), cancelSeconds: 30 });
    const sweep = await client.map([70, 1_000], dock);
    await clock.advance(60_000);
    await run(sweep.cancel());
    await clock.advance(5_000);
    expect((await run(sweep.status())).state).toBe('cancelling');
    await run(sweep.wait());
    expect(await run(sweep.summary())).toMatchObject({ succeeded: 1, cancelled: 1 });
    expect((await run(sweep.child(1).wait())).at).toEqual(new Date('2026-01-01T00:01:30Z'));
  });

  it('is refused by core where the backend cannot', async () => {
    const { client, run } = setUp({ runSeconds: 100, capabilities: { cancel: 'none' } });
    const handle = await client.submit(dock);
    await expect(run(handle.cancel())).rejects.toThrow('cancel: none');
    expect((await run(handle.wait())).state).toBe('succeeded');
  });
});

describe('capabilities that are off', () => {
  const image = dock.with({ image: 'vina:1' });
  const parallel = dock.with({ parallel: { nodes: 2 } });
  const retry = dock.with({ retry: { 'out-of-memory': 1 } });

  it.each([
    ['image', { containers: false }, image],
    ['parallel', { parallel: false }, parallel],
    ['retry.out-of-memory', { retries: { 'out-of-memory': 'refused' } }, retry],
  ] as const)('are refused by name: %s', async (name, capabilities, job) => {
    const { client, hpc } = setUp({ capabilities });
    await expect(client.submit(job)).rejects.toThrow(name);
    expect(hpc.backend.created).toEqual([]);
  });

  it('are refused by name: arrays, also those that are too long', async () => {
    const none = setUp({ capabilities: { arrays: false } });
    await expect(none.client.map([1], dock)).rejects.toThrow('map');
    expect(none.hpc.submittedParts).toEqual([]);
  });

  it('are refused by name: kinds', async () => {
    const { client } = setUp({ capabilities: { kinds: { workflow: true } as { command: true; workflow: true } } });
    await expect(client.submit(dock)).rejects.toThrow('command');
  });
});

describe('options', () => {
  it('that are not there are refused by name', () => {
    const wrong = { end: 'succeeded' } as FakeAdapterOptions;
    expect(() => createFakeAdapter(wrong)).toThrow('no option "end"');
  });

  it('give the backend its name, which is that of its target', async () => {
    const { client } = setUp({ name: 'cluster-7' });
    const { target } = await client.plan(dock);
    expect(target).toMatchObject({ adapter: 'fake', id: 'cluster-7' });
  });
});
