import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import { file } from '../job/output.ts';
import { endArray, failedFor, hastyClock, nthJob, succeededNow, until } from './duties.fixture.ts';
import { nullBackend } from './null-adapter.fixture.ts';
import { dock, ownerWorld, quotaUsedUp } from './owner-regressions.fixture.ts';

const world = ownerWorld();
afterEach(() => world.clear());

describe('a job that is held', () => {
  it('can be cancelled when it is the second submission of its key', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    backend.refuse = { code: 'MISCONFIGURED', message: 'no' };
    await expect(client.submit(dock, { key: 'k' })).rejects.toThrow();
    backend.refuse = undefined;
    const held = await client.submit(dock, { key: 'k', after: first });

    await held.cancel('enough');

    expect(await held.wait()).toMatchObject({ state: 'cancelled' });
  });

  it('is listed once it has ended', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: first });
    backend.job(0).status = succeededNow(backend.job(0));
    const native = await nthJob(backend, 1);
    native.status = succeededNow(native);
    await held.wait();

    const listed = await client.jobs().toArray();

    expect(listed.map(({ key }) => key).sort()).toEqual([first.key, held.key].sort());
  });

  it('says what keeps it from being sent, when its inputs cannot be made ready', async () => {
    const backend = nullBackend();
    let prepared = 0;
    const client = world.clientOn(backend, {
      change: (real) => ({
        prepare: async (parts, context) => {
          prepared += 1;
          if (prepared > 1) throw new Error('ENOENT input.txt');
          return real.prepare(parts, context);
        },
      }),
    });
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: first });
    backend.job(0).status = succeededNow(backend.job(0));

    await until(async () => JSON.stringify(await held.status()).includes('ENOENT'));
  });

  it('is not sent when it is cancelled while the backend has no room for it', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: first });
    backend.answers.push(quotaUsedUp, quotaUsedUp, quotaUsedUp, quotaUsedUp, quotaUsedUp);
    backend.job(0).status = succeededNow(backend.job(0));
    await until(() => backend.answers.length <= 1);

    await held.cancel('enough');
    backend.answers.length = 0;

    expect(await held.wait()).toMatchObject({ state: 'cancelled' });
    expect(backend.jobs.size).toBe(1);
  });

  it('is named by close() also while a submit is under way', async () => {
    const backend = nullBackend();
    const gate = Promise.withResolvers<void>();
    let isSlow = false;
    const client = world.clientOn(backend, {
      change: (real) => ({
        submit: async (parts, context) => {
          if (isSlow) await gate.promise;
          return real.submit(parts, context);
        },
      }),
    });
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: first });
    isSlow = true;
    const other = client.submit(dock).catch(() => {});
    await until(() => backend.calls.filter((call) => call.startsWith('prepare')).length === 2);

    const closing = client.close();
    gate.resolve();
    const left = await closing;
    await other;

    expect(left.map(({ key }) => key)).toEqual([held.key]);
  });

  it('is waited for no longer once its client is closed, though an adapter cannot be', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, {
      change: () => ({
        close: async () => {
          throw new Error('stuck');
        },
      }),
    });
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: first });
    const waiting = expect(held.wait()).rejects.toThrow();

    await client.close().catch(() => {});

    await waiting;
  });

  it('has no task that was cancelled before anything was sent', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    const handle = await client.map([0, 1], dock, { after: first });
    await handle.child(0).cancel('enough');

    backend.job(0).status = succeededNow(backend.job(0));

    expect((await nthJob(backend, 1)).part.tasks).toEqual([[1, 1]]);
  });
});

describe('a job that is tried again', () => {
  it('is cancelled also while its second attempt is being sent', async () => {
    const backend = nullBackend();
    const gate = Promise.withResolvers<void>();
    let sent = 0;
    const client = world.clientOn(backend, {
      change: (real) => ({
        submit: async (parts, context) => {
          sent += 1;
          if (sent === 2) await gate.promise;
          return real.submit(parts, context);
        },
      }),
    });
    const handle = await client.submit(dock.with({ retry: { 'exit-nonzero': 1 } }));
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');
    await until(() => sent === 2);

    await handle.cancel('enough');
    gate.resolve();
    await nthJob(backend, 1);

    expect(await handle.wait()).toMatchObject({ state: 'cancelled' });
  });

  it('is not sent again without a pause when its second attempt never arrives', async () => {
    const backend = nullBackend();
    const handle = await world.clientOn(backend).submit(dock.with({ retry: { 'exit-nonzero': 1 } }));
    const sentAtMs: number[] = [];
    backend.onSubmit = () => {
      sentAtMs.push(hastyClock.monotonicMs());
      backend.answers.push('never-arrives');
    };
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');

    await until(() => sentAtMs.length >= 3);

    const pauses = sentAtMs.slice(1).map((ms, index) => ms - (sentAtMs[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(1_000);
    await handle.cancel('seen enough');
  });

  it('leaves out a task that was cancelled before its turn came', async () => {
    const backend = nullBackend();
    const job = dock.with({ retry: { 'exit-nonzero': { times: 1, delaySeconds: 30 } } });
    const handle = await world.clientOn(backend).map([0, 1], job);
    endArray(
      backend.job(0),
      new Map([
        [0, 'exit-nonzero'],
        [1, 'exit-nonzero'],
      ] as const),
    );
    await until(async () => String((await handle.status()).raw).includes('tried again'));

    await handle.child(0).cancel('enough');

    expect((await nthJob(backend, 1)).part.tasks).toEqual([[1, 1]]);
  });
});

describe('a job that takes an output of one task of an array', () => {
  it('takes that very output when it is run once more', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const producer = new CommandJob({ name: 'produce', command: ['p'], outputs: { o: file('o') } });
    const array = await client.map([0, 1], producer);
    backend.job(0).listed = [{ child: 0, path: 'o', text: 'x' }];
    endArray(backend.job(0), new Map([[1, 'exit-nonzero']] as const));
    await array.wait();
    const taker = await client.submit(dock.with({ inputs: { in: array.child(0).outputs.o } }));
    const native = await nthJob(backend, 1);
    native.status = failedFor(native, 'exit-nonzero');
    await taker.wait();

    await taker.rerun();

    const { part } = await nthJob(backend, 2);
    expect(part.job.inputs).toMatchObject({ in: expect.stringContaining('null:///0/o') });
  });
});
