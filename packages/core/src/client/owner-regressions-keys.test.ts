import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import { file } from '../job/output.ts';
import { failedFor, nthJob, succeededNow, until } from './duties.fixture.ts';
import { type NullBackend, nullBackend } from './null-adapter.fixture.ts';
import { dock, type NullAdapter, ownerWorld } from './owner-regressions.fixture.ts';

const world = ownerWorld();
afterEach(() => world.clear());

const misconfigured = { code: 'MISCONFIGURED', message: 'no' };
const sentTo = (backend: NullBackend) => backend.calls.filter((call) => call.startsWith('submit')).length;

describe('two clients on one open ledger', () => {
  it('try a job again once, not once each', async () => {
    const backend = nullBackend();
    const ledger = await world.ledger();
    const [one, two] = [world.clientOn(backend, { ledger }), world.clientOn(backend, { ledger })];
    const handle = await one.submit(dock.with({ retry: { 'exit-nonzero': 1 } }));
    const other = await two.attach(handle.toString());
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');
    const again = await nthJob(backend, 1);
    await until(async () => (await other.status()).attempt === '2.0');
    again.status = succeededNow(again);

    await handle.wait();
    await other.wait();

    expect(sentTo(backend)).toBe(2);
  });

  it('send a held job and its second attempt once each, every time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const backend = nullBackend();
      const ledger = await world.ledger();
      const sent: string[] = [];
      const change = (real: NullAdapter): Partial<NullAdapter> => ({
        submit: async (parts, context) => {
          sent.push(...parts.map(({ key }) => key.token));
          return real.submit(parts, context);
        },
      });
      const [one, two] = [world.clientOn(backend, { ledger, change }), world.clientOn(backend, { ledger, change })];
      const first = await one.submit(dock);
      const held = await one.submit(dock.with({ retry: { 'exit-nonzero': 1 } }), { after: first });
      const other = await two.attach(held.toString());
      backend.job(0).status = succeededNow(backend.job(0));
      const native = await nthJob(backend, 1);
      await until(async () => (await other.status()).state === 'queued');
      native.status = failedFor(native, 'exit-nonzero');
      const again = await nthJob(backend, 2);
      await until(async () => (await other.status()).attempt === '2.0');
      again.status = succeededNow(again);

      await other.wait();
      await held.wait();

      expect(sent).toHaveLength(3);
      expect(new Set(sent).size).toBe(3);
    }
  });
});

describe('a client', () => {
  it('leaves its own submit that is under way alone when it takes over jobs', async () => {
    const backend = nullBackend();
    const gate = Promise.withResolvers<void>();
    const client = world.clientOn(backend, {
      change: (real) => ({
        submit: async (parts, context) => {
          await gate.promise;
          return real.submit(parts, context);
        },
      }),
    });
    const submitting = client.submit(dock);
    await until(() => backend.calls.some((call) => call.startsWith('prepare')));

    await client.adopt();
    gate.resolve();
    await submitting;

    expect(backend.calls.filter((call) => call.startsWith('find'))).toEqual([]);
  });

  it('asks the duplicate to stop, not the job that its handle follows', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, {
      change: () => ({
        submit: async ([part]) => {
          if (!part) return [];
          for (const id of ['99', '100']) {
            const status = { state: 'running', attempt: '1.0', at: new Date() } as const;
            const { native: _native, ...job } = part.job;
            backend.jobs.set(id, {
              part: { ...part, job },
              status,
              logs: [],
              files: new Map(),
              children: [],
              hidden: false,
            });
          }
          return [{ type: 'unknown', cause: new Error('reply lost') }];
        },
        find: async () => [{ type: 'found', nativeId: '99', duplicates: ['100'] }],
      }),
    });

    await client.submit(dock);
    await until(() => [...backend.jobs.values()].some(({ status }) => status.state === 'cancelled'));

    expect(['99', '100'].map((id) => backend.jobs.get(id)?.status.state)).toEqual(['running', 'cancelled']);
  });
});

describe('a key', () => {
  it('is of whatever job was submitted with it last, when the one before was refused', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    backend.refuse = misconfigured;
    await expect(client.submit(dock.with({ retry: { 'exit-nonzero': 1 } }), { key: 'k' })).rejects.toThrow();
    backend.refuse = undefined;
    const other = new CommandJob({
      name: 'other',
      command: ['x'],
      outputs: { b: file('b') },
      retry: { 'exit-nonzero': 2 },
    });

    const handle = await client.submit(other, { key: 'k' });

    expect(Object.keys(handle.outputs)).toEqual(['b']);
    expect(handle.duties).toEqual(['retry']);
    expect((await client.attach(handle.toString(), { as: other })).key).toBe('k');
  });

  it('is of one job in each ledger, and each handle of its own job', async () => {
    const backend = nullBackend();
    const job = dock.with({ retry: { 'exit-nonzero': 1 } });
    const [one, two] = [world.clientOn(backend), world.clientOn(backend)];
    const ofOne = await one.submit(job, { key: 'k' });
    const ofTwo = await two.submit(job, { key: 'k' });
    expect(backend.jobs.size).toBe(2);

    const seenByTwo = await two.attach(ofOne.toString());
    expect(seenByTwo.toString()).toBe(ofOne.toString());
    backend.job(1).status = succeededNow(backend.job(1));
    await ofTwo.wait();

    expect(await seenByTwo.status()).toMatchObject({ state: 'queued' });
  });

  it('keeps the end of a job that was refused once, then held, and never ran', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    backend.refuse = misconfigured;
    await expect(client.submit(dock, { key: 'k' })).rejects.toThrow();
    backend.refuse = undefined;
    const held = await client.submit(dock, { key: 'k', after: first });
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');
    expect(await held.wait()).toMatchObject({ state: 'failed', reason: 'dependency-failed' });

    const again = await client.submit(dock, { key: 'k' });

    expect(await again.status()).toMatchObject({ state: 'failed' });
    expect(backend.jobs.size).toBe(1);
  });
});
