import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import { createClient } from './create-client.ts';
import { endArray, failedFor, hastyClock, nthJob, succeededNow, until } from './duties.fixture.ts';
import { type NullBackend, nullAdapter, nullBackend } from './null-adapter.fixture.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function clientOn(backend: NullBackend, capabilities = {}) {
  const adapter = nullAdapter(backend, 'null', 'nowhere', { retries: OWNER, ...capabilities });
  const client = createClient({ adapters: { nowhere: adapter }, ledger: 'memory', logger: false, clock: hastyClock });
  open.push(client);
  return client;
}
const OWNER = { 'exit-nonzero': 'owner', 'node-failure': 'owner', 'out-of-memory': 'owner' } as const;
const dock = new CommandJob({ name: 'dock', command: ['vina'], resources: { memoryGiB: 4 } });

describe('a job that may be tried again', () => {
  it('is submitted again for each reason as often as that reason allows, under the same handle', async () => {
    const backend = nullBackend();
    const job = dock.with({ retry: { 'exit-nonzero': 1, 'node-failure': 2 } });
    const handle = await clientOn(backend).submit(job);
    expect(handle.duties).toEqual(['retry']);

    for (const [index, reason] of (['node-failure', 'exit-nonzero', 'node-failure'] as const).entries()) {
      const native = await nthJob(backend, index);
      native.status = failedFor(native, reason);
    }
    const last = await nthJob(backend, 3);
    last.status = failedFor(last, 'exit-nonzero');
    const status = await handle.wait();

    expect(status).toMatchObject({ state: 'failed', reason: 'exit-nonzero', attempt: '4.0' });
    expect(backend.jobs.size).toBe(4);
    expect(handle.duties).toEqual([]);
    const attempts = await handle.attempts();
    expect(attempts.map((one) => [one.attempt, 'reason' in one.status && one.status.reason])).toEqual([
      ['1.0', 'node-failure'],
      ['2.0', 'exit-nonzero'],
      ['3.0', 'node-failure'],
      ['4.0', 'exit-nonzero'],
    ]);
  });

  it('gives the result of the attempt that succeeded', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock.with({ retry: { 'exit-nonzero': 3 } }));
    const states: string[] = [];
    const watching = handle.statusChanges().forEach(({ state, attempt }) => void states.push(`${attempt} ${state}`));

    const first = await nthJob(backend, 0);
    first.status = failedFor(first, 'exit-nonzero');
    const second = await nthJob(backend, 1);
    second.status = succeededNow(second);

    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    await watching;
    expect(states.at(-1)).toBe('2.0 succeeded');
    expect(states.some((one) => one.includes('failed'))).toBe(false);
  });

  it('gets more memory each time when its rule says so', async () => {
    const backend = nullBackend();
    const job = dock.with({ retry: { 'out-of-memory': { times: 2, memoryFactor: 1.5 } } });
    const handle = await clientOn(backend).submit(job);
    for (const index of [0, 1, 2]) {
      const native = await nthJob(backend, index);
      native.status = failedFor(native, 'out-of-memory');
    }

    expect((await handle.wait()).state).toBe('failed');
    expect([0, 1, 2].map((index) => backend.job(index).part.job.resources.memoryGiB)).toEqual([4, 6, 9]);
    // What core tries again, the backend is not asked to try again as well.
    expect(backend.job(0).part.job.retry).toEqual({});
  });

  it('is never tried again when it is lost or cancelled', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock.with({ retry: { 'exit-nonzero': 3 } }));
    await handle.cancel('enough');

    expect(await handle.wait()).toMatchObject({ state: 'cancelled' });
    expect(backend.jobs.size).toBe(1);
  });

  it('is cancelled while it waits to be tried again', async () => {
    const backend = nullBackend();
    const rule = { times: 3, delaySeconds: 600 };
    const handle = await clientOn(backend).submit(dock.with({ retry: { 'exit-nonzero': rule } }));
    const first = await nthJob(backend, 0);
    first.status = failedFor(first, 'exit-nonzero');
    await until(async () => (await handle.status()).state === 'held');
    expect(await handle.status()).toMatchObject({ attempt: '2.0', raw: expect.stringContaining('600 s') });

    await handle.cancel('enough');
    const status = await handle.wait();

    expect(status).toMatchObject({ state: 'failed', attempt: '1.0' });
    expect(backend.jobs.size).toBe(1);
  });

  it('needs no owner for what the backend tries again itself, nor for what it never reports', async () => {
    const backend = nullBackend();
    const client = clientOn(backend, { retries: { preempted: 'native' } });
    const job = dock.with({ retry: { preempted: 5, 'node-failure': 2 } });
    const handle = await client.submit(job, { unattended: true });

    expect(handle.duties).toEqual([]);
    expect(backend.job(0).part.job.retry).toEqual({ preempted: 5, 'node-failure': 2 });
    const { features, duties } = await client.plan(job);
    expect(duties).toEqual([]);
    expect(features).toContainEqual(expect.objectContaining({ feature: 'retry.preempted', support: 'native' }));
    expect(features.find((one) => one.feature === 'retry.node-failure')?.note).toContain('never needed');
  });

  it('is refused when it is to run unattended and this client would have to try it again', async () => {
    const client = clientOn(nullBackend());
    const job = dock.with({ retry: { 'exit-nonzero': 1 } });
    await expect(client.submit(job, { unattended: true })).rejects.toThrow('retry (`retry` for reasons');
    expect((await client.plan(job)).duties).toEqual(['retry']);
  });

  it('says what it cannot multiply', async () => {
    const client = clientOn(nullBackend());
    const job = dock.with({ retry: { 'out-of-memory': { times: 1, timeLimitFactor: 2 } } });
    await expect(client.submit(job)).rejects.toThrow('timeLimitSeconds');
  });
});

describe('an array whose tasks may be tried again', () => {
  it('runs the tasks that failed once more, and each child is where it is now', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const handle = await client.map([10, 11, 12, 13], dock.with({ retry: { 'exit-nonzero': 1, 'node-failure': 1 } }));
    const results = handle.results().toArray();

    endArray(
      await nthJob(backend, 0),
      new Map([
        [1, 'exit-nonzero'],
        [3, 'node-failure'],
      ] as const),
    );
    const second = await nthJob(backend, 1);
    expect(second.part.tasks).toEqual([
      [1, 1],
      [3, 3],
    ]);
    endArray(second, new Map([[3, 'exit-nonzero']] as const));
    const third = await nthJob(backend, 2);
    expect(third.part.tasks).toEqual([[3, 3]]);
    endArray(third, new Map([[3, 'exit-nonzero']] as const));

    expect(await handle.wait()).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('1 of 4 tasks failed'),
    });
    expect(await handle.summary()).toMatchObject({ succeeded: 3, failed: 1, queued: 0, held: 0 });
    const ended = await results;
    expect(ended.map(({ index, state, item }) => [index, state, item]).sort()).toEqual([
      [0, 'succeeded', 10],
      [1, 'succeeded', 11],
      [2, 'succeeded', 12],
      [3, 'failed', 13],
    ]);
    expect(await handle.child(1).wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(backend.jobs.size).toBe(3);
  });

  it('tries failed tasks again when asked to, with more of something, in another process too', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.map([0, 1, 2], dock);
    endArray(await nthJob(backend, 0), new Map([[2, 'exit-nonzero']] as const));
    await first.wait();
    const handle = await client.attach(first.toString());
    if (handle.shape !== 'array') throw new Error('It is an array.');

    const { resubmitted } = await handle.retryFailed({ resources: { memoryGiB: 32 } });
    const second = await nthJob(backend, 1);

    expect(resubmitted).toBe(1);
    expect(second.part).toMatchObject({
      tasks: [[2, 2]],
      job: { resources: { memoryGiB: 32 } },
      key: { submission: 2 },
    });
    expect((await first.status()).state).toBe('queued');
    endArray(second);
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(await first.summary()).toMatchObject({ succeeded: 3, failed: 0 });
    expect(await handle.retryFailed()).toEqual({ resubmitted: 0 });
    expect(first.duties).toEqual([]);
  });

  it('does not try tasks again while others still run', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).map([0, 1], dock);
    await expect(handle.retryFailed()).rejects.toMatchObject({ code: 'STILL_RUNNING' });
  });
});

describe('an array that no native array can take whole', () => {
  it('is sent in parts, and is one array all the same', async () => {
    const backend = nullBackend();
    const client = clientOn(backend, { arrays: { maxCount: 4, maxConcurrent: 'native' } });
    const handle = await client.map(
      Array.from({ length: 10 }, (_, index) => index),
      dock,
    );

    expect([0, 1, 2].map((index) => backend.job(index).part.tasks)).toEqual([[[0, 3]], [[4, 7]], [[8, 9]]]);
    expect(new Set([0, 1, 2].map((index) => backend.job(index).part.key.token)).size).toBe(3);
    await until(() => handle.duties.length === 0);
    for (const index of [2, 0, 1]) endArray(backend.job(index), new Map([[5, 'exit-nonzero']] as const));
    expect(await handle.wait()).toMatchObject({
      state: 'failed',
      message: '1 of 10 tasks failed: It failed: exit-nonzero.',
    });
    expect((await handle.results().toArray()).map(({ index }) => index).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('keeps no more tasks alive than it may, where the backend does not see to that', async () => {
    const backend = nullBackend();
    const client = clientOn(backend, { arrays: { maxCount: 1_000, maxConcurrent: 'owner' } });
    const handle = await client.map(
      Array.from({ length: 10 }, (_, index) => index),
      dock,
      { maxConcurrent: 4 },
    );
    expect(handle.duties).toEqual(['next-part']);
    expect(backend.job(0).part.tasks).toEqual([[0, 3]]);
    expect(backend.job(0).part.job.array?.maxConcurrent).toBeUndefined();

    let done = 0;
    for (let index = 0; done < 10; index += 1) {
      const part = await nthJob(backend, index);
      const alive = [...backend.jobs.values()].reduce(
        (sum, job) =>
          sum + (job.part.tasks ?? []).reduce((all, [from, to]) => all + to - from + 1, 0) - job.children.length,
        0,
      );
      expect(alive).toBeLessThanOrEqual(4);
      endArray(part);
      done += part.children.length;
    }
    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
    expect(await handle.summary()).toMatchObject({ succeeded: 10 });
    await client.settled();
  });
});

describe('rerun', () => {
  it('submits the same job once more, under a key of its own', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.submit(dock, { key: 'dock-1', queue: 'long' });
    const again = await first.rerun();

    expect(again.key).not.toBe(first.key);
    expect(backend.job(1).part.job).toMatchObject({ command: ['vina'], queue: 'long', resources: { memoryGiB: 4 } });
  });
});
