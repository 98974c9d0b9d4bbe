import { afterEach, describe, expect, it } from 'vitest';
import { countTasks } from '../ids/task-ranges.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import { afterEach as afterEachOf } from './dependency.ts';
import { endArray, nthJob, succeededNow, until } from './duties.fixture.ts';
import { nullBackend } from './null-adapter.fixture.ts';
import { answering, dock, lineDied, ownerWorld, quotaUsedUp, sharded } from './owner-regressions.fixture.ts';

const world = ownerWorld();
afterEach(() => world.clear());

const failing = (...tasks: number[]) => new Map<number, FailureReason>(tasks.map((task) => [task, 'exit-nonzero']));

describe('an array of several parts', () => {
  it('succeeds although one part was refused at first and taken later', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, { capabilities: sharded, change: answering(1, quotaUsedUp) });
    const handle = await client.map([0, 1, 2, 3], dock);
    endArray(await nthJob(backend, 0));
    endArray(await nthJob(backend, 1));

    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
    expect(await handle.summary()).toMatchObject({ succeeded: 4, failed: 0 });
    const ended = (await handle.results().toArray()).map(({ index, state }) => `${index} ${state}`);
    expect(ended.sort()).toEqual(['0 succeeded', '1 succeeded', '2 succeeded', '3 succeeded']);
  });

  it('succeeds although one part did not arrive at first', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, { capabilities: sharded, change: answering(1, lineDied) });
    const handle = await client.map([0, 1, 2, 3], dock);
    endArray(await nthJob(backend, 0));
    endArray(await nthJob(backend, 1));

    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
  });

  it('is the same to another client once it has ended, which may try it again', async () => {
    const backend = nullBackend();
    const ledger = world.folder();
    const first = world.clientOn(backend, { capabilities: sharded, ledger });
    const handle = await first.map([0, 1, 2, 3], dock);
    endArray(backend.job(0));
    endArray(backend.job(1), failing(3));
    expect(await handle.wait()).toMatchObject({ state: 'failed' });
    await first.close();

    const found = await world.clientOn(backend, { capabilities: sharded, ledger }).attach(handle.toString());
    if (found.shape !== 'array') throw new Error('It is an array.');
    expect(await found.status()).toMatchObject({ state: 'failed' });
    expect(await found.summary()).toMatchObject({ succeeded: 3, failed: 1 });
    expect(await found.retryFailed()).toEqual({ resubmitted: 1 });
    endArray(await nthJob(backend, 2));
    expect(await found.wait()).toMatchObject({ state: 'succeeded' });
  });

  it('has children that are where their newest attempt is', async () => {
    const backend = nullBackend();
    const handle = await world.clientOn(backend, { capabilities: sharded }).map([0, 1, 2, 3], dock);
    endArray(backend.job(0), failing(1));
    endArray(backend.job(1));
    await handle.wait();
    expect(await handle.child(1).wait()).toMatchObject({ state: 'failed' });

    await handle.retryFailed();
    endArray(await nthJob(backend, 2));

    expect(await handle.wait()).toMatchObject({ state: 'succeeded' });
    expect(await handle.child(1).wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
  });

  it('leaves no record of an end in the ledger of a client that only watches', async () => {
    const backend = nullBackend();
    const owner = world.clientOn(backend, { capabilities: sharded });
    const watcher = world.clientOn(backend, { capabilities: sharded });
    const handle = await owner.map([0, 1, 2, 3], dock, { key: 'k' });
    const watched = await watcher.attach(handle.toString());
    endArray(backend.job(0));
    endArray(backend.job(1));

    expect(await watched.wait()).toMatchObject({ state: 'succeeded' });
    const records = (await watcher.audit().toArray()) as readonly { readonly type?: string }[];
    expect(records.filter(({ type }) => type === 'end')).toEqual([]);
  });

  it('is not replaced by one of the same key in another ledger', async () => {
    const backend = nullBackend();
    const [one, two] = [
      world.clientOn(backend, { capabilities: sharded }),
      world.clientOn(backend, { capabilities: sharded }),
    ];
    const theirs = await one.map([0, 1, 2, 3], dock, { key: 'k' });
    const own = await two.map([0, 1, 2, 3], dock, { key: 'k' });
    const ref = own.toString();

    await two.attach(theirs.toString());

    expect(own.toString()).toBe(ref);
  });
});

describe('an array of which only so many tasks may run at once', () => {
  it('keeps to that, also when tasks are tried again', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, { capabilities: { arrays: { maxCount: 1_000, maxConcurrent: 'owner' } } });
    const job = dock.with({ retry: { 'exit-nonzero': 1 } });
    const handle = await client.map([0, 1, 2, 3], job, { maxConcurrent: 2 });
    const alive = () =>
      [...backend.jobs.values()].reduce(
        (sum, { part, children }) => sum + countTasks(part.tasks ?? []) - children.length,
        0,
      );
    // What the owner would send beyond that, it would have sent by then.
    const someLooks = async () => {
      const from = backend.calls.length;
      await until(() => backend.calls.slice(from).filter((call) => call.startsWith('observe')).length > 10);
    };
    await someLooks();
    expect(alive()).toBe(2);

    let ended = 0;
    for (let index = 0; ended < 4; index += 1) {
      const part = await nthJob(backend, index);
      endArray(part, failing(0, 1, 2, 3));
      ended += part.children.length;
    }
    await until(() => alive() > 0);
    await someLooks();

    expect(alive()).toBe(2);
    expect(await handle.summary()).toMatchObject({ queued: 2, held: 2 });
  });

  it('is there as soon as it is recorded, while the job it comes after runs', async () => {
    const backend = nullBackend();
    const capabilities = {
      dependencies: { afterok: 'native' },
      arrays: { maxCount: 100, maxConcurrent: 'owner' },
    } as const;
    const client = world.clientOn(backend, { capabilities });
    const first = await client.submit(dock);

    const handle = await client.map([0, 1, 2, 3], dock, { after: first, maxConcurrent: 2 });

    expect(await first.status()).toMatchObject({ state: 'queued' });
    expect(handle.count).toBe(4);
  });
});

describe('a task after the same task of an array', () => {
  it('runs once that array has succeeded as a whole, though its backend lists no tasks', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend, {
      change: (real) => ({
        listChildren: async () => ({ items: [], end: true }),
        observe: async (targets, context) => {
          const sweep = await real.observe(targets, context);
          const seen = sweep.seen.map(({ counts: _counts, ...one }) => {
            const { count } = one.ref;
            if (count === undefined) return one;
            return { ...one, counts: { succeeded: one.status.state === 'succeeded' ? count : 0 } };
          });
          return { ...sweep, seen };
        },
      }),
    });
    const array = await client.map([0, 1], dock);
    await client.map([0, 1], dock, { after: afterEachOf(array) });
    backend.job(0).status = succeededNow(backend.job(0));

    expect(await array.child(1).wait()).toMatchObject({ state: 'succeeded' });
    expect(countTasks((await nthJob(backend, 1)).part.tasks ?? [])).toBeGreaterThan(0);
  });
});
