import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import { file } from '../job/output.ts';
import { createClient } from './create-client.ts';
import { afterAny, afterEach as afterEachOf, afterNotOk } from './dependency.ts';
import { endArray, endTask, failedFor, hastyClock, nthJob, succeededNow, until } from './duties.fixture.ts';
import { type NullBackend, nullAdapter, nullBackend } from './null-adapter.fixture.ts';

const open: { close(): Promise<unknown> }[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function clientOn(backend: NullBackend, { capabilities = {}, ledger = 'memory' } = {}) {
  const adapters = {
    nowhere: nullAdapter(backend, 'null', 'nowhere', { retries: { 'exit-nonzero': 'owner' }, ...capabilities }),
  };
  const client = createClient({ adapters, ledger, logger: false, clock: hastyClock });
  open.push(client);
  return client;
}

function ledgerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scijob-held-'));
  folders.push(folder);
  return folder;
}

const align = new CommandJob({ name: 'align', command: ['bwa'], outputs: { sam: file('out.sam') } });
const call = new CommandJob({ name: 'call', command: ['call', 'in.sam'] });

describe('a job after another', () => {
  it('is held by its client until the other has succeeded, where the backend cannot wait', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.submit(align);
    const second = await client.submit(call, { after: first });

    expect(await second.status()).toMatchObject({ state: 'held', waitingFor: 'dependency', attempt: '1.0' });
    expect(second.duties).toEqual(['dependency']);
    expect(backend.jobs.size).toBe(1);
    backend.job(0).status = succeededNow(backend.job(0));
    const native = await nthJob(backend, 1);
    native.status = succeededNow(native);
    expect(await second.wait()).toMatchObject({ state: 'succeeded' });
    expect(second.duties).toEqual([]);
    await client.settled();
  });

  it('is left to the backend where that can wait, and the other is not tried again', async () => {
    const backend = nullBackend();
    const client = clientOn(backend, { capabilities: { dependencies: { afterok: 'native' } } });
    const first = await client.submit(align);
    const second = await client.submit(call, { after: [first], unattended: true });
    expect(backend.job(1).part.after).toEqual([
      { ref: expect.objectContaining({ key: first.key }), condition: 'afterok' },
    ]);
    expect(second.duties).toEqual([]);

    const third = await client.submit(align.with({ retry: { 'exit-nonzero': 1 } }));
    const fourth = await client.submit(call, { after: third });
    expect(fourth.duties).toEqual(['dependency']);
  });

  it('never runs when the other failed, and says so', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.submit(align);
    const second = await client.submit(call, { after: first, key: 'call-1' });
    const third = await client.submit(call, { after: second });
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');

    expect(await second.wait()).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
    expect(await third.wait()).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
    await expect(second.result()).rejects.toThrow(first.key);
    expect(backend.jobs.size).toBe(1);
    // It had its end: the key gives that back.
    const again = await client.submit(call, { after: first, key: 'call-1' });
    expect((await again.status()).state).toBe('failed');
    expect(backend.jobs.size).toBe(1);
  });

  it('runs after any end, or only after a failure, when that is asked for', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.submit(align);
    const always = await client.submit(call.with({ name: 'always' }), { after: afterAny(first) });
    const rescue = await client.submit(call.with({ name: 'rescue' }), { after: afterNotOk(first) });
    const neverNeeded = await client.submit(call, { after: [afterNotOk(always)] });
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');
    for (const index of [1, 2]) {
      const native = await nthJob(backend, index);
      native.status = succeededNow(native);
    }

    expect((await always.wait()).state).toBe('succeeded');
    expect((await rescue.wait()).state).toBe('succeeded');
    expect(await neverNeeded.wait()).toMatchObject({ state: 'cancelled', reason: 'dependency-failed' });
  });

  it('takes an output of the other as input, and so waits for it', async () => {
    const backend = nullBackend();
    const client = clientOn(backend, { capabilities: { dependencies: { afterok: 'native' } } });
    const first = await client.submit(align);
    const second = await client.submit(call.with({ inputs: { 'in.sam': first.outputs.sam } }), { key: 'called' });
    expect(second.duties).toEqual(['dependency']);
    backend.job(0).files.set('out.sam', 'sam');
    backend.job(0).status = succeededNow(backend.job(0));

    const native = await nthJob(backend, 1);
    expect(native.part.job.inputs).toEqual({ 'in.sam': 'null:///out.sam' });
    // The same job again, now that the other has ended, is the same job.
    const again = await client.submit(call.with({ inputs: { 'in.sam': first.outputs.sam } }), { key: 'called' });
    expect(again.toString()).toBe(second.toString());
    const third = await client.submit(call.with({ inputs: { 'in.sam': first.outputs.sam } }), { unattended: true });
    expect(third.duties).toEqual([]);
  });

  it('is cancelled while it is held', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.submit(align);
    const second = await client.submit(call, { after: first });
    await second.cancel('enough');
    expect(await second.wait()).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-user' });
    expect(backend.jobs.size).toBe(1);
  });

  it('is refused when it is to run unattended, and after what is no handle', async () => {
    const client = clientOn(nullBackend());
    const first = await client.submit(align);
    await expect(client.submit(call, { after: first, unattended: true })).rejects.toThrow('dependency');
    await expect(client.submit(call, { after: align as never })).rejects.toThrow('submit it first');
    const refusing = clientOn(nullBackend(), { capabilities: { dependencies: { afterok: 'refused' } } });
    await expect(refusing.submit(call, { after: await refusing.submit(align) })).rejects.toThrow('after (afterok)');
  });
});

describe('an array after another, each task after its own', () => {
  it('sends tasks as those of the other succeed, each with what that one left', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const samples = ['a', 'b', 'c'];
    const aligned = await client.map(samples, align);
    const called = await client.map(
      samples,
      (_sample, index) => call.with({ inputs: { 'in.sam': aligned.child(index).outputs.sam } }),
      { after: afterEachOf(aligned) },
    );
    expect((await called.status()).state).toBe('held');
    backend.job(0).listed = [0, 1, 2].map((child) => ({ child, path: 'out.sam', text: 'sam' }));
    endArray(backend.job(0), new Map([[1, 'exit-nonzero']] as const));

    const native = await nthJob(backend, 1);
    expect(native.part.tasks).toEqual([
      [0, 0],
      [2, 2],
    ]);
    endArray(native);
    expect(await called.wait()).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('1 of 3 tasks failed'),
    });
    const results = await called.results().toArray();
    expect(results.map(({ index, state }) => [index, state]).sort()).toEqual([
      [0, 'succeeded'],
      [1, 'failed'],
      [2, 'succeeded'],
    ]);
  });

  it('begins before the other has ended', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const first = await client.map([0, 1], align);
    const second = await client.map([0, 1], call, { after: afterEachOf(first) });
    endTask(backend.job(0), 1);
    const native = await nthJob(backend, 1);
    expect(native.part.tasks).toEqual([[1, 1]]);
    expect((await second.summary()).held).toBe(1);
  });
});

describe('a job whose client is gone', () => {
  it('is taken over, with what was left to do, by whoever attaches to it through the same ledger', async () => {
    const backend = nullBackend();
    const ledger = ledgerFolder();
    const dead = clientOn(backend, { ledger });
    const first = await dead.submit(align);
    const second = await dead.submit(call, { after: first });
    const left = await dead.close();
    expect(left.map(({ key }) => key)).toEqual([second.key]);
    backend.job(0).status = succeededNow(backend.job(0));

    const client = clientOn(backend, { ledger });
    const found = await client.attach(second.toString());
    const native = await nthJob(backend, 1);
    native.status = succeededNow(native);
    expect(await found.wait()).toMatchObject({ state: 'succeeded' });
  });

  it('shows that it waits for an owner to whoever only watches', async () => {
    const backend = nullBackend();
    const ledger = ledgerFolder();
    const dead = clientOn(backend, { ledger });
    const first = await dead.submit(align);
    const second = await dead.submit(call, { after: first });
    await dead.close();
    backend.job(0).status = succeededNow(backend.job(0));

    const client = clientOn(backend, { ledger });
    const found = await client.attach(second.toString(), { watchOnly: true });
    expect(await found.status()).toMatchObject({ state: 'held', waitingFor: 'owner' });
    expect(backend.jobs.size).toBe(1);

    const third = clientOn(backend, { ledger });
    const adopted = await third.adopt();
    expect(adopted.map(({ key }) => key)).toEqual([second.key]);
    const native = await nthJob(backend, 1);
    native.status = succeededNow(native);
    expect(await found.wait()).toMatchObject({ state: 'succeeded' });
    expect(await third.adopt()).toEqual([]);
  });

  it('is followed, not taken over, while its owner lives', async () => {
    const backend = nullBackend();
    const ledger = ledgerFolder();
    const owner = clientOn(backend, { ledger });
    const handle = await owner.submit(align.with({ retry: { 'exit-nonzero': 1 } }));
    const watcher = clientOn(backend, { ledger });
    const watched = await watcher.attach(handle.toString());
    backend.job(0).status = failedFor(backend.job(0), 'exit-nonzero');
    const again = await nthJob(backend, 1);
    again.status = succeededNow(again);

    expect(await watched.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(backend.jobs.size).toBe(2);
    await until(() => watched.duties.length === 0);
  });

  it('adds up the same for whoever comes after an array that was tried again has ended', async () => {
    const backend = nullBackend();
    const ledger = ledgerFolder();
    const first = clientOn(backend, { ledger });
    const handle = await first.map([0, 1, 2, 3, 4], align);
    endArray(
      backend.job(0),
      new Map([
        [1, 'exit-nonzero'],
        [3, 'exit-nonzero'],
      ] as const),
    );
    await handle.wait();
    await handle.retryFailed();
    endArray(await nthJob(backend, 1));
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });

    const second = clientOn(backend, { ledger });
    const found = await second.attach(handle.toString());
    if (found.shape !== 'array') throw new Error('It is an array.');
    expect(await found.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(await found.summary()).toMatchObject({ succeeded: 5, failed: 0, cancelled: 0 });
    const records = await second.audit().toArray();
    expect(records.filter((one) => (one as { type: string }).type === 'end')).toHaveLength(3);
  });

  it('is tried again once when two clients ask at once', async () => {
    const backend = nullBackend();
    const ledger = ledgerFolder();
    const [one, two] = [clientOn(backend, { ledger }), clientOn(backend, { ledger })];
    const handle = await one.map([0, 1, 2], align);
    endArray(backend.job(0), new Map([[1, 'exit-nonzero']] as const));
    await handle.wait();
    const other = await two.attach(handle.toString());
    if (other.shape !== 'array') throw new Error('It is an array.');

    const asked = await Promise.all([handle.retryFailed(), other.retryFailed()]);
    expect(asked).toEqual([{ resubmitted: 1 }, { resubmitted: 1 }]);
    endArray(await nthJob(backend, 1));
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    await until(async () => (await other.status()).state === 'succeeded');
    expect(backend.jobs.size).toBe(2);
  });

  it('is not known without its ledger while nothing of it was sent', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const held = await client.submit(call, { after: await client.submit(align) });
    await expect(clientOn(backend).attach(held.toString())).rejects.toMatchObject({ code: 'NOT_RECORDED' });
  });
});
