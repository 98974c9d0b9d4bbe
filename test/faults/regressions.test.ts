import { type Artifact, CommandJob, createClient, file, json } from '@scijob/core';
import {
  callFails,
  createFakeAdapter,
  createFaults,
  damagedBytes,
  duplicated,
  emptyPage,
  errorText,
  type FakeBackendOptions,
  type Fault,
  foreignRows,
  nth,
  replyLost,
  unreadableRow,
  withFaults,
} from '@scijob/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { hurriedClock } from './hurried-clock.ts';

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function aClient(faults: readonly Fault[], options: FakeBackendOptions = {}) {
  const adapter = createFakeAdapter(options);
  const here = withFaults(adapter, createFaults(faults));
  const client = createClient({ adapters: { here }, ledger: 'memory', clock: hurriedClock(100), logger: false });
  open.push(client);
  return { client, adapter };
}

const job = new CommandJob({ name: 'program', command: ['program'], outputs: { made: file('made.txt') } });
const jsonJob = new CommandJob({ name: 'program', command: ['program'], outputs: { value: json('value.json') } });
const ITEMS = [0, 1, 2];

// The smallest program for each defect of core that a fault brought to light once.
describe('results() of an array', () => {
  it('end well when all children were given and the last poll failed', async () => {
    const { client } = aClient([callFails('observe')]);
    const array = await client.map(ITEMS, job);
    expect(await array.results().toArray()).toHaveLength(3);
  });

  it('give each child once, however often it is listed', async () => {
    const { client } = aClient([duplicated('listChildren')]);
    const array = await client.map(ITEMS, job);
    expect(await array.results().toArray()).toHaveLength(3);
  });

  it('give no child that the array does not have', async () => {
    const { client } = aClient([foreignRows('listChildren', nth(1))]);
    const array = await client.map(ITEMS, job);
    expect(await array.results().toArray()).toHaveLength(3);
  });

  it('read an output again whose bytes were damaged on their way', async () => {
    const { client } = aClient([damagedBytes(nth(1))]);
    const array = await client.map(ITEMS, jsonJob);
    const children = await array.results().toArray();
    for (const { state } of children) expect(state).toBe('succeeded');
  });
});

describe('artifacts() of an array', () => {
  it('give each artifact once, however often it is listed', async () => {
    const { client } = aClient([duplicated('listArtifacts')]);
    const array = await client.map(ITEMS, job);
    expect(await array.artifacts().toArray()).toHaveLength(3);
  });

  it('give the others when one cannot be read', async () => {
    const { client } = aClient([unreadableRow('listArtifacts', nth(1))]);
    const handle = await client.submit(job);
    const { made }: { readonly made: Artifact } = await handle.result();
    expect(made.path).toBe('made.txt');
  });
});

describe('a stream', () => {
  it('of log lines goes on after a page that cannot be read', async () => {
    const { client } = aClient([errorText('readLogs', nth(1), { text: '503 Service Unavailable' })], {
      logs: 'a line',
    });
    const handle = await client.submit(job);
    expect(await handle.logs().text()).toBe('a line\n');
  });

  it('of states begins with what is known when the first sweep cannot be read', async () => {
    const { client } = aClient([errorText('observe', nth(1), { text: 'slurm_load_jobs error' })]);
    const handle = await client.submit(job);
    const states = await handle.statusChanges().toArray();
    expect(states.at(-1)?.state).toBe('succeeded');
  });
});

describe('submit()', () => {
  it('looks the job up when the outcome cannot be read', async () => {
    const { client, adapter } = aClient([errorText('submit', nth(1), { text: 'Socket timed out' })]);
    const handle = await client.submit(job);
    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
    expect(adapter.backend.doubles).toEqual([]);
  });

  it('looks the job up again when the look-up cannot be read', async () => {
    const { client } = aClient([replyLost('submit', nth(1)), errorText('find', nth(1), { text: 'Socket timed out' })]);
    const handle = await client.submit(job);
    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
  });

  it('asks again whether an input is there when it could not be asked', async () => {
    const { client } = aClient([callFails('listChildren', nth(1))]);
    const array = await client.map(ITEMS, job);
    await array.wait();
    const next = await client.submit(job.with({ inputs: { 'made.txt': array.child(0).outputs.made } }));
    expect(await next.wait()).toMatchObject({ state: 'succeeded' });
  });
});

describe('a task of an array', () => {
  it('is looked for on the next page when this one is empty', async () => {
    const { client } = aClient([emptyPage('listChildren', nth(1))]);
    const array = await client.map(ITEMS, job);
    await array.wait();
    expect((await array.child(0).status()).state).toBe('succeeded');
  });
});

describe('a sweep that cannot be read to its end', () => {
  it('hides no change that stood before', async () => {
    const once: Fault = {
      name: 'a row that is nothing, behind the others',
      on: {
        observe: async (call) => {
          const sweep = await call.proceed();
          return call.hits(nth(1)) ? { ...sweep, seen: [...sweep.seen, {} as never] } : sweep;
        },
      },
    };
    const { client } = aClient([once], { queueSeconds: 0, runSeconds: Number.POSITIVE_INFINITY });
    const handle = await client.submit(job);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('not told within a second')), 1_000));
    await Promise.race([handle.waitFor('running'), late]);
  });
});
