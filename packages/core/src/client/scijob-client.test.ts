import { afterEach, describe, expect, it } from 'vitest';
import { CommandJob } from '../job/command-job.ts';
import { file, json } from '../job/output.ts';
import { systemClock } from '../seam/system-clock.ts';
import type { JobStatus } from '../state/job-status.ts';
import { createClient } from './create-client.ts';
import { failed, type NullBackend, nullAdapter, nullBackend, running, succeeded } from './null-adapter.fixture.ts';

const dock = new CommandJob({ name: 'dock', command: ['vina'], outputs: { scores: file('scores.csv') } });
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

/** Waits a hundredth of what it is asked to. */
const hastyClock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, ms / 100 + 2), signal),
};

function clientOn(backend: NullBackend) {
  const client = createClient({
    adapters: { nowhere: nullAdapter(backend) },
    ledger: 'memory',
    logger: false,
    clock: hastyClock,
  });
  open.push(client);
  return client;
}

describe('submit', () => {
  it('resolves with a handle once the backend has the job', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);

    expect(backend.job().part.job.command).toEqual(['vina']);
    expect(handle.shape).toBe('job');
    expect(handle.toString()).toMatch(/^scijob:job:1:/);
    expect('then' in handle).toBe(false);
    expect((await handle.status()).state).toBe('queued');
  });

  it('gathers jobs submitted in the same moment into one call of the adapter', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    await Promise.all(Array.from({ length: 50 }, () => client.submit(dock)));

    expect(backend.calls.filter((call) => call.startsWith('submit'))).toEqual(['submit 50']);
    expect(backend.jobs.size).toBe(50);
  });

  it('looks up a job whose reply was lost, and never sends it again', async () => {
    const backend = nullBackend();
    backend.answers.push('lost-reply');
    const handle = await clientOn(backend).submit(dock);

    expect(backend.jobs.size).toBe(1);
    expect(backend.calls).toContain('find 1');
    expect(backend.calls.filter((call) => call === 'submit 1')).toHaveLength(1);
    expect((await handle.status()).state).toBe('queued');
  });

  it('sends the next submission when the first is fenced off for certain', async () => {
    const backend = nullBackend();
    backend.answers.push('never-arrives');
    await clientOn(backend).submit(dock);

    expect([...backend.jobs.values()].map(({ part }) => part.key.submission)).toEqual([2]);
  });

  it('says what to do when nobody knows whether the job exists', async () => {
    const backend = nullBackend();
    backend.answers.push('never-arrives');
    backend.finds.push(
      ...Array.from({ length: 5 }, () => ({ type: 'unknown' as const, cause: new Error('no route to host') })),
    );

    await expect(clientOn(backend).submit(dock, { key: 'k' })).rejects.toMatchObject({
      code: 'SUBMIT_UNKNOWN',
      message: expect.stringContaining('key: "k"'),
    });
    expect(backend.calls.filter((call) => call === 'submit 1')).toHaveLength(1);
  });

  it('rejects with the adapter’s words when the job is refused, and takes it again under the same key', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    backend.refuse = { code: 'INPUT_MISSING', message: 'box.txt is not there.' };
    await expect(client.submit(dock, { key: 'k' })).rejects.toMatchObject({
      code: 'SUBMIT_REFUSED',
      refusal: { code: 'INPUT_MISSING' },
    });
    backend.refuse = undefined;

    await client.submit(dock.with({ command: ['vina', 'again'] }), { key: 'k' });
    expect(backend.jobs.size).toBe(1);
    expect(backend.job().part.key).toMatchObject({ key: 'k', submission: 2 });
  });

  it('gives back the first handle for the same key and job, also when asked twice at once', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const [one, two] = await Promise.all([client.submit(dock, { key: 'k' }), client.submit(dock, { key: 'k' })]);
    const three = await client.submit(dock, { key: 'k', queue: 'other' });

    expect(backend.jobs.size).toBe(1);
    expect(two.toString()).toBe(one.toString());
    expect(three.toString()).toBe(one.toString());
  });

  it('names the fields that differ when another job comes under a key', async () => {
    const client = clientOn(nullBackend());
    await client.submit(dock.with({ environment: { SEED: '1' } }), { key: 'k' });

    await expect(
      client.submit(dock.with({ environment: { SEED: '2' }, timeLimitSeconds: 5 }), { key: 'k' }),
    ).rejects.toMatchObject({
      code: 'KEY_CONFLICT',
      fields: ['environment.SEED', 'timeLimitSeconds'],
    });
  });

  it('refuses by name what the adapter cannot honour', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    await expect(client.submit(dock.with({ retry: { 'out-of-memory': 2 } }))).rejects.toThrow('retry.out-of-memory');
    await expect(client.submit(dock.with({ retry: { 'cancelled-by-user': 1 } }))).rejects.toThrow('never tried again');
    // A reason this backend never reports needs no retry: nothing to refuse.
    await client.submit(dock.with({ retry: { preempted: 2 } }));
    expect(backend.jobs.size).toBe(1);
  });

  it('cancels a job that came to exist while its submit was being aborted', async () => {
    const backend = nullBackend();
    const abort = new AbortController();
    backend.onSubmit = () => abort.abort(new Error('changed my mind'));

    await expect(clientOn(backend).submit(dock, { signal: abort.signal })).rejects.toThrow('changed my mind');
    expect(backend.job().status.state).toBe('cancelled');
  });

  it('refuses options that do not exist', async () => {
    const client = clientOn(nullBackend());
    await expect(client.submit(dock, { queu: 'x' } as never)).rejects.toThrow('no option "queu"');
    await expect(client.submit(dock, { key: 'a\nb' })).rejects.toThrow('printable');
    await expect(client.submit({ name: 'x', kind: 'command' } as never)).rejects.toThrow('new CommandJob');
  });
});

describe('a handle', () => {
  it('waits for the end and gives the outputs', async () => {
    const backend = nullBackend();
    const job = new CommandJob({
      name: 'x',
      command: ['x'],
      outputs: { best: json<{ energy: number }>('best.json'), log: file('x.log', { optional: true }) },
    });
    const handle = await clientOn(backend).submit(job);
    backend.job().files.set('best.json', '{"energy":-7.5}');
    setTimeout(() => {
      backend.job().status = succeeded;
    }, 10);

    const { best, log } = await handle.result();
    expect(best.energy).toBe(-7.5);
    expect(log).toBeUndefined();
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', exitCode: 0 });
  });

  it('throws JobFailedError with the last lines when the job failed, and wait() does not throw', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().logs.push('loading', 'no such ligand\u001b[31m');
    backend.job().status = failed;

    await expect(handle.result()).rejects.toMatchObject({
      code: 'JOB_FAILED',
      status: { reason: 'exit-nonzero', exitCode: 3 },
      logTail: ['loading', 'no such ligand\\x1b[31m'],
      message: expect.stringContaining('no such ligand'),
    });
    expect((await handle.wait()).state).toBe('failed');
  });

  it('yields each change once and ends with the final status; a cursor goes on behind it', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    const seen: string[] = [];
    let cursor: string | undefined;
    for await (const status of handle.statusChanges()) {
      seen.push(status.state);
      if (status.state === 'queued') backend.job().status = running();
      if (status.state === 'running') {
        cursor = status.cursor;
        backend.job().status = succeeded;
      }
    }
    expect(seen).toEqual(['queued', 'running', 'succeeded']);
    expect(
      (await handle.statusChanges(cursor === undefined ? {} : { from: cursor }).toArray()).map(({ state }) => state),
    ).toEqual(['succeeded']);
  });

  it('streams each log line once, those written at the end included, and resumes by cursor', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    const job = backend.job();
    job.logs.push('one');
    const lines: string[] = [];
    let cursor = '';
    for await (const line of handle.logs()) {
      lines.push(line.text);
      if (line.text === 'one') {
        cursor = line.cursor;
        setTimeout(() => job.logs.push('two'), 5);
        setTimeout(() => {
          job.logs.push('three');
          job.status = succeeded;
        }, 15);
      }
    }
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(await handle.logs({ from: cursor }).text()).toBe('two\nthree\n');
    await expect(handle.logs({ from: 'status:x' }).toArray()).rejects.toThrow('no cursor of a log stream');
  });

  it('goes on with the logs where it was when the backend could not be reached for a while', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    const job = backend.job();
    job.logs.push('one');
    const lines: string[] = [];
    await handle.logs().forEach(({ text }) => {
      lines.push(text);
      if (text !== 'one') return;
      backend.logsFail = new Error('no route to host');
      setTimeout(() => {
        backend.logsFail = undefined;
        job.logs.push('two');
        job.status = succeeded;
      }, 30);
    });
    expect(lines).toEqual(['one', 'two']);
  });

  it('merges everything into events, the final status last', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    const job = backend.job();
    job.logs.push('docking');
    job.files.set('scores.csv', 'a,b');
    setTimeout(() => {
      job.status = succeeded;
    }, 10);

    const events = await handle.events().toArray();
    expect(events.map(({ type }) => type).sort()).toEqual(['artifact', 'log', 'status', 'status']);
    expect(events.at(-1)).toMatchObject({ type: 'status', status: { state: 'succeeded' } });
    const log = events.find(({ type }) => type === 'log');
    const resumed = await handle.events({ from: log?.cursor ?? '' }).toArray();
    expect(resumed.map(({ type }) => type)).toEqual(['artifact', 'status']);
  });

  it('stops what is behind a stream when the loop is left', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().logs.push('one');
    for await (const event of handle.events()) if (event.type === 'log') break;
    backend.calls.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(backend.calls.every((call) => call.startsWith('observe'))).toBe(true);
  });

  it('stops waiting, not the job, when a wait is aborted', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    await expect(handle.result({ signal: AbortSignal.timeout(5) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(backend.job().status.state).toBe('queued');
  });

  it('refuses an artifact that is not what was listed', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().files.set('scores.csv', 'abc');
    backend.job().status = succeeded;
    const { scores } = await handle.result();
    expect(await scores.text()).toBe('abc');
    backend.job().files.set('scores.csv', 'abcd');
    await expect(scores.text()).rejects.toMatchObject({ code: 'ARTIFACT' });
  });

  it('is stopped by cancel()', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    await handle.cancel('wrong ligand');
    expect(await handle.wait()).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-user' });
  });
});

describe('attach', () => {
  it('finds the adapter by target, not by name, in a client with another ledger', async () => {
    const backend = nullBackend();
    const ref = (await clientOn(backend).submit(dock)).toString();
    const other = createClient({
      adapters: { elsewhere: nullAdapter(nullBackend(), 'null', 'mars'), here: nullAdapter(backend) },
      ledger: 'memory',
      logger: false,
    });
    open.push(other);
    backend.job().files.set('scores.csv', '1');
    backend.job().status = succeeded;

    const handle = await other.attach(ref, { as: dock });
    expect(await (await handle.result()).scores.text()).toBe('1');
    expect(handle.toString()).toBe(ref);
    expect(JSON.parse(JSON.stringify({ handle })).handle).toBe(ref);
  });

  it('names the backend when no adapter reaches it, and what is wrong with a damaged ref', async () => {
    const ref = (await clientOn(nullBackend()).submit(dock)).toString();
    const other = createClient({
      adapters: { mars: nullAdapter(nullBackend(), 'null', 'mars') },
      ledger: 'memory',
      logger: false,
    });
    open.push(other);
    await expect(other.attach(ref)).rejects.toMatchObject({
      code: 'WRONG_TARGET',
      message: expect.stringContaining('place nowhere'),
    });
    for (const damaged of [
      '',
      'scijob:job:1:',
      ref.slice(0, -9),
      ref.replace('job', 'array'),
      'scijob:job:2:abc',
      'x',
    ]) {
      await expect(other.attach(damaged), damaged).rejects.toMatchObject({ code: 'INVALID_REF' });
    }
    await expect(other.attach(ref, { as: new CommandJob({ name: 'x', command: ['x'] }) })).rejects.toMatchObject({
      code: 'WRONG_TARGET',
    });
  });

  it('refuses a job as `as` whose outputs are not the ref’s', async () => {
    const client = clientOn(nullBackend());
    const handle = await client.submit(dock);
    const other = new CommandJob({ name: 'x', command: ['x'], outputs: { scores: file('other.csv') } });
    await expect(client.attach(handle.toString(), { as: other })).rejects.toThrow('file:scores.csv');
  });
});

describe('map', () => {
  const squares = [1, 2, 3];

  it('makes one array whose manifest holds what differs per item', async () => {
    const backend = nullBackend();
    const array = await clientOn(backend).map(squares, (n) =>
      dock.with({ command: ['vina', String(n)], environment: { N: String(n) } }),
    );

    const { job, tasks } = backend.job().part;
    expect(array.count).toBe(3);
    expect(tasks).toEqual([[0, 2]]);
    expect(job.command).toEqual(['vina', '1']);
    const manifest = await new Response(job.array?.manifest.open()).text();
    expect(
      manifest
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { item: 1 },
      { item: 2, command: ['vina', '2'], environment: { N: '2' } },
      { item: 3, command: ['vina', '3'], environment: { N: '3' } },
    ]);
  });

  it('yields children as they end, typed with their item', async () => {
    const backend = nullBackend();
    const array = await clientOn(backend).map(squares, dock);
    const job = backend.job();
    job.files.set('scores.csv', '1');
    job.children.push({ child: 2, status: succeeded }, { child: 0, status: failed });
    setTimeout(() => {
      job.children.push({ child: 1, status: succeeded });
      job.status = failed;
    }, 10);

    const children = await array.results().toArray();
    expect(children.map(({ index, item, state }) => [index, item, state])).toEqual([
      [2, 3, 'succeeded'],
      [0, 1, 'failed'],
      [1, 2, 'succeeded'],
    ]);
    expect(await array.results({ from: children[0]?.cursor ?? '' }).toArray()).toHaveLength(2);
    expect(await array.summary()).toMatchObject({ succeeded: 2, failed: 1, queued: 0 });
    expect(await array.child(0).wait()).toMatchObject({ state: 'failed' });
    expect(() => array.child(3)).toThrow(RangeError);
  });

  it('reads what ended once for all who wait for a child', async () => {
    const backend = nullBackend();
    const array = await clientOn(backend).map(
      Array.from({ length: 100 }, (_, n) => n),
      dock,
    );
    const job = backend.job();
    job.files.set('scores.csv', '1');
    const results = Promise.all(Array.from({ length: 100 }, (_, index) => array.child(index).result()));
    await new Promise((resolve) => setTimeout(resolve, 10));
    backend.calls.length = 0;
    for (let child = 0; child < 100; child += 1) {
      job.children.push({ child, status: succeeded });
      if (child % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    job.status = succeeded;
    expect(await results).toHaveLength(100);
    expect(backend.calls.filter((call) => call === 'ended children').length).toBeLessThan(60);
  });

  it('refuses what one array cannot vary, naming the field and the item', async () => {
    const client = clientOn(nullBackend());
    await expect(client.map(squares, (n) => dock.with({ timeLimitSeconds: n }))).rejects.toThrow(
      /timeLimitSeconds: differs between item 0 and item 1/,
    );
    await expect(client.map([], dock)).rejects.toThrow('is empty');
    await expect(client.map([1, () => 2], dock)).rejects.toThrow('items.1');
  });

  it('attaches to a child by its ref', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const array = await client.map(squares, dock);
    backend.job().children.push({ child: 1, status: failed });
    const child = await client.attach(array.child(1).toString());
    expect(child.shape).toBe('job');
    expect(await child.wait()).toMatchObject({ state: 'failed' });
  });
});

describe('a job that is lost', () => {
  const lost: JobStatus = { state: 'lost', attempt: '1.0', at: new Date(0), reason: 'unknown', message: 'gone' };

  it('can be cancelled all the same, and is corrected for everybody when it is seen again', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const handle = await client.submit(dock);
    backend.job().status = lost;
    expect((await handle.wait()).state).toBe('lost');
    const other = await client.attach(handle.toString());
    expect((await other.status()).state).toBe('lost');

    backend.job().status = running();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await handle.status()).state).toBe('running');
    const both = Promise.all([handle.wait(), other.wait()]);
    await handle.cancel();
    expect((await both).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });

  it('is asked to stop though nobody knows whether it runs', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().status = lost;
    await handle.wait();
    backend.job().status = running();
    await handle.cancel();
    expect(backend.job().status.state).toBe('cancelled');
  });

  it('is not looked at for ever', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().status = lost;
    await handle.wait();
    await handle.status();
    backend.calls.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(backend.calls).toEqual([]);
  });
});

describe('polling', () => {
  it('that cannot reach the backend rejects a look, and never crashes the process', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.observeFails = new Error('unreachable');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(handle.status({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    await expect(handle.status()).rejects.toThrow('unreachable');
    const seen = handle.statusChanges().toArray();
    backend.observeFails = undefined;
    backend.job().status = succeeded;
    expect((await seen).at(-1)?.state).toBe('succeeded');
  });

  it('shows an end only once it is in the ledger', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const handle = await client.submit(dock);
    backend.job().status = succeeded;
    await handle.wait();
    const types = (await client.audit().toArray()).map((record) => (record as { type: string }).type);
    expect(types).toContain('end');
  });

  it('changes no job when a look fails, and goes on', async () => {
    const backend = nullBackend();
    const handle = await clientOn(backend).submit(dock);
    backend.job().status = running();
    await handle.waitFor('running');
    backend.observeFails = new Error('unreachable');
    await new Promise((resolve) => setTimeout(resolve, 15));
    backend.observeFails = undefined;
    backend.job().status = succeeded;
    expect((await handle.wait()).state).toBe('succeeded');
  });

  it('makes one call for all jobs', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    await Promise.all(Array.from({ length: 20 }, () => client.submit(dock)));
    backend.calls.length = 0;
    await expect.poll(() => backend.calls.length).toBeGreaterThan(0);
    expect(new Set(backend.calls)).toEqual(new Set(['observe 20']));
  });
});

describe('close', () => {
  it('ends waiting with a named error and leaves the job alone', async () => {
    const backend = nullBackend();
    const client = clientOn(backend);
    const handle = await client.submit(dock);
    const waiting = handle.wait();
    await client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await expect(client.submit(dock)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    expect(backend.job().status.state).toBe('queued');
  });
});
