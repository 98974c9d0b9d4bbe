import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger-record.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { silentLogger } from '../seam/default-logger.ts';
import { systemClock } from '../seam/system-clock.ts';
import { createClient } from './create-client.ts';
import { type NullBackend, nullAdapter, nullBackend } from './null-adapter.fixture.ts';

/** Waits a hundredth of what it is asked to. */
const hastyClock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, ms / 100 + 2), signal),
};
const dock = new CommandJob({ name: 'dock', command: ['vina'] });
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'scijob-keys-'));
  cleanUp.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function clientOn(directory: string, backend: NullBackend) {
  const client = createClient({
    adapters: { nowhere: nullAdapter(backend) },
    ledger: directory,
    logger: false,
    clock: hastyClock,
  });
  cleanUp.push(() => client.close());
  return client;
}

/** A ledger whose session is dead for everybody else: its process never existed. */
async function deadSession(directory: string): Promise<Ledger> {
  const ledger = await openLedger(directory, { clock: systemClock, logger: silentLogger });
  Object.assign(ledger.session, { startTime: '1' });
  return ledger;
}

/** A ledger of which one method goes through `meanwhile`. */
function intercepted(
  ledger: Ledger,
  name: 'append' | 'readJob',
  meanwhile: (call: () => Promise<unknown>, argument: unknown) => Promise<unknown>,
): Ledger {
  return new Proxy(ledger, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
      return member === name ? (...given: unknown[]) => meanwhile(() => method(...given), given[0]) : method;
    },
  });
}

describe('an end', () => {
  it('is shown to nobody before it is in the ledger', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const ledger = await openLedger(directory);
    cleanUp.push(() => ledger.close());
    const { promise: written, resolve: write } = Promise.withResolvers<void>();
    let isWriting = false;
    const slow = intercepted(ledger, 'append', async (append, entry) => {
      if ((entry as LedgerEntry).type === 'end') {
        isWriting = true;
        await written;
      }
      return append();
    });
    const client = createClient({ adapters: { nowhere: nullAdapter(backend) }, ledger: slow, logger: false });
    cleanUp.push(() => client.close());
    const handle = await client.submit(dock);
    backend.job().status = { state: 'succeeded', attempt: '1.0', at: new Date(0) };

    await expect.poll(() => isWriting).toBe(true);
    expect(inspect(handle)).toContain('queued');
    write();
    expect((await handle.wait()).state).toBe('succeeded');
  });
});

describe('a key whose session died', () => {
  it('is free when it died between its claim and its intent', async () => {
    const directory = await makeDirectory();
    const dead = await deadSession(directory);
    await dead.claim('k\u00001');
    await dead.close();

    const backend = nullBackend();
    await clientOn(directory, backend).submit(dock, { key: 'k' });
    expect(backend.jobs.size).toBe(1);
  });
});

describe('a key', () => {
  it('that core made up finds its job, and is no other job’s', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const client = clientOn(directory, backend);
    const { key } = await client.submit(dock);

    expect((await client.submit(dock, { key })).key).toBe(key);
    expect(backend.calls.filter((call) => call.startsWith('submit'))).toEqual(['submit 1']);
    await expect(client.submit(dock.with({ command: ['other'] }), { key })).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
    });
  });

  it('whose first job was refused belongs to the one that was taken', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const client = clientOn(directory, backend);
    backend.refuse = { code: 'X', message: 'no such file' };
    await expect(client.submit(dock, { key: 'k' })).rejects.toMatchObject({ code: 'SUBMIT_REFUSED' });
    backend.refuse = undefined;
    const corrected = dock.with({ command: ['vina', '--right'] });
    const handle = await client.submit(corrected, { key: 'k' });

    expect(String(await client.submit(corrected, { key: 'k' }))).toBe(String(handle));
    await expect(client.submit(dock, { key: 'k' })).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
      fields: ['command'],
    });
    expect(backend.jobs.size).toBe(1);
  });

  it('names the inputs of items among what differs', async () => {
    const directory = await makeDirectory();
    const client = clientOn(directory, nullBackend());
    const path = (name: string) => join(directory, `${name}.pdbqt`);
    for (const name of ['a', 'b']) await writeFile(path(name), name);
    const map = () =>
      client.map(['a', 'b'], (name) => dock.with({ inputs: { 'ligand.pdbqt': path(name) } }), { key: 'k' });
    const first = await map();
    expect(String(await map())).toBe(String(first));
    await writeFile(path('b'), 'changed');
    await expect(map()).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
      fields: ['the content of input "of the items"'],
    });
  });

  it('is one job for two clients that share an open ledger', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const ledger = await openLedger(directory);
    cleanUp.push(() => ledger.close());
    const clients = [1, 2].map(() =>
      createClient({ adapters: { nowhere: nullAdapter(backend) }, ledger, logger: false }),
    );
    for (const client of clients) cleanUp.push(() => client.close());

    const handles = await Promise.all(clients.map((client) => client.submit(dock, { key: 'k' })));
    expect(new Set(handles.map(String)).size).toBe(1);
    expect(backend.jobs.size).toBe(1);
  });

  it('of a job that exists is not cancelled by a second submit that is aborted', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    await clientOn(directory, backend).submit(dock, { key: 'k' });
    const abort = new AbortController();
    const ledger = await openLedger(directory);
    cleanUp.push(() => ledger.close());
    const reading = intercepted(ledger, 'readJob', async (read) => {
      const history = await read();
      abort.abort(new Error('never mind'));
      return history;
    });
    const client = createClient({ adapters: { nowhere: nullAdapter(backend) }, ledger: reading, logger: false });
    cleanUp.push(() => client.close());

    await expect(client.submit(dock, { key: 'k', signal: abort.signal })).rejects.toThrow('never mind');
    expect(backend.job().status.state).toBe('queued');
  });

  it('whose owner lives and does not know is said to be unknown, at once', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    backend.answers.push('never-arrives');
    backend.finds.push(
      ...Array.from({ length: 5 }, () => ({ type: 'unknown' as const, cause: new Error('no route') })),
    );
    await expect(clientOn(directory, backend).submit(dock, { key: 'k' })).rejects.toMatchObject({
      code: 'SUBMIT_UNKNOWN',
    });
    await expect(clientOn(directory, backend).submit(dock, { key: 'k' })).rejects.toMatchObject({
      code: 'SUBMIT_UNKNOWN',
    });
  });

  it('of another ledger on the same backend is another job', async () => {
    const backend = nullBackend();
    const theirs = await clientOn(await makeDirectory(), backend).submit(dock, { key: 'screen' });
    const client = clientOn(await makeDirectory(), backend);
    const ours = await client.submit(dock, { key: 'screen' });
    backend.job(0).status = { state: 'failed', attempt: '1.0', at: new Date(0), reason: 'exit-nonzero', message: 'no' };
    backend.job(1).status = { state: 'succeeded', attempt: '1.0', at: new Date(0) };

    const attached = await client.attach(theirs.toString());
    expect((await ours.wait()).state).toBe('succeeded');
    expect((await attached.wait()).state).toBe('failed');
  });
});

describe('a ledger whose disk fills up between the backend taking the job and the record of it', () => {
  it('gives out the ref, and the same key finds the job once there is room again', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const ledger = await openLedger(directory);
    cleanUp.push(() => ledger.close());
    let full = true;
    const filling = intercepted(ledger, 'append', async (append, entry) => {
      if (full && (entry as LedgerEntry).type === 'outcome') throw new Error('ENOSPC: no space left on device');
      return append();
    });
    const client = createClient({ adapters: { nowhere: nullAdapter(backend) }, ledger: filling, logger: false });
    cleanUp.push(() => client.close());

    const error = await client.submit(dock, { key: 'k' }).catch((reason: unknown) => reason as Error);
    if (!(error instanceof Error)) throw new Error('it was recorded');
    expect(error).toMatchObject({ code: 'NOT_RECORDED', message: expect.stringContaining('ENOSPC') });
    const ref = /scijob:job:\S+/.exec(error.message)?.[0] ?? '';
    expect((await (await client.attach(ref)).status()).state).toBe('queued');

    full = false;
    expect(String(await client.submit(dock, { key: 'k' }))).toBe(ref);
    expect(backend.jobs.size).toBe(1);
  });
});

describe('a key in several processes', () => {
  it('gives every client on the ledger the same job, and a finished job its recorded end', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const handles = await Promise.all([1, 2, 3].map(() => clientOn(directory, backend).submit(dock, { key: 'k' })));
    expect(backend.jobs.size).toBe(1);
    expect(new Set(handles.map(String)).size).toBe(1);

    backend.job().status = { state: 'succeeded', attempt: '1.0', at: new Date(0), exitCode: 0 };
    await handles[0]?.wait();
    backend.observeFails = new Error('the backend is gone');
    const later = await clientOn(directory, backend).submit(dock, { key: 'k' });
    expect(await later.wait()).toMatchObject({ state: 'succeeded', exitCode: 0 });
  });

  it('ends the waits of every handle, also of one whose job a listing has left aside since', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const client = clientOn(directory, backend);
    const first = await client.submit(dock);
    expect(await client.jobs({ state: 'running' }).toArray()).toEqual([]);
    const second = await client.attach(first.toString());
    const third = await client.attach(first.toString());
    backend.job().status = { state: 'succeeded', attempt: '1.0', at: new Date(0) };

    const ends = await Promise.all([second.wait(), first.wait(), third.waitFor('succeeded'), first.result()]);
    expect(ends.slice(0, 3)).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }, { state: 'succeeded' }]);
  });

  it('shows what the ledger knows: jobs, attempts and the audit', async () => {
    const directory = await makeDirectory();
    const backend = nullBackend();
    const first = clientOn(directory, backend);
    const handle = await first.submit(dock.with({ tags: { study: 'a' } }), { key: 'k' });
    backend.job().status = {
      state: 'failed',
      attempt: '1.0',
      at: new Date(0),
      reason: 'out-of-memory',
      message: 'killed',
    };
    await handle.wait();
    await first.close();

    const second = clientOn(directory, backend);
    const [found] = await second.jobs({ tag: ['study', 'a'], state: 'failed' }).toArray();
    expect(found?.key).toBe('k');
    expect(await found?.attempts()).toMatchObject([{ attempt: '1.0', status: { reason: 'out-of-memory' } }]);
    expect(await second.jobs({ name: 'other' }).toArray()).toEqual([]);
    const types = (await second.audit().toArray()).map((record) => (record as { type: string }).type);
    expect(types).toEqual(expect.arrayContaining(['segment', 'intent', 'outcome', 'end']));
  });
});
