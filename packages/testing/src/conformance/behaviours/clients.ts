import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandJob, file, files, json } from '@scijob/core';
import type { Behaviour, Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import type { Does } from '../does.ts';
import { aCanary, assertWithout } from './canary.ts';

const GIVEN = { given: ['commands'] } as const satisfies Partial<Behaviour>;
const SECOND = { given: ['commands'], needs: ['second'] } as const satisfies Partial<Behaviour>;

/** A job of the public kind, known to a simulated backend. */
function aJob(bench: Bench, line: string, does: Does, changes: object = {}): CommandJob {
  const command = bench.shell(line);
  bench.know({ command, does });
  return new CommandJob({ name: 'whole', command, ...changes });
}

export const clients: Chapter = {
  name: 'whole jobs',
  behaviours: [
    {
      id: 'client-succeeds',
      title: 'is submitted, watched and waited for, and succeeds',
      rule: 'I2: the id is durable before submit() resolves',
      ...GIVEN,
      async run(bench) {
        const client = await bench.client();
        const handle = await bench.time.drive(client.submit(aJob(bench, 'exit 0', {})));

        const states = await bench.time.drive(handle.statusChanges().toArray());

        assert.equal(states.at(-1)?.state, 'succeeded');
        assert.equal((await bench.time.drive(handle.wait())).state, 'succeeded');
      },
    },
    {
      id: 'client-fails',
      title: 'says how it failed, and what it last printed',
      rule: 'DESIGN §4: result() gives the outputs or JobFailedError',
      ...GIVEN,
      async run(bench) {
        const client = await bench.client();
        const job = aJob(bench, 'echo why >&2; exit 3', { stderr: 'why\n', exitCode: 3 });
        const handle = await bench.time.drive(client.submit(job));

        assert.equal((await bench.time.drive(handle.wait())).state, 'failed');
        await assert.rejects(bench.time.drive(handle.result()), { name: 'JobFailedError' });
      },
    },
    {
      id: 'client-outputs',
      title: 'gives its outputs back: a file, those of a pattern, a parsed value, each verified',
      rule: 'R6, I7: bytes or error',
      ...GIVEN,
      async run(bench) {
        const client = await bench.client();
        const command = bench.shell(
          `printf a > one.txt; printf b > 1.csv; printf c > 2.csv; printf '{"n":4}' > n.json`,
        );
        bench.know({ command, does: { files: { 'one.txt': 'a', '1.csv': 'b', '2.csv': 'c', 'n.json': '{"n":4}' } } });
        const job = new CommandJob({
          name: 'whole',
          command,
          outputs: { one: file('one.txt'), all: files('*.csv'), n: json<{ readonly n: number }>('n.json') },
        });

        const handle = await bench.time.drive(client.submit(job));
        const { one, all, n } = await bench.time.drive(handle.result());

        assert.equal(await bench.time.drive(one.text()), 'a');
        assert.deepEqual(all.map(({ path }) => path).sort(), ['1.csv', '2.csv']);
        assert.deepEqual(n, { n: 4 });
        const path = await bench.time.drive(one.download(join(await bench.folder(), 'down.txt')));
        assert.equal(await readFile(path, 'utf8'), 'a');
      },
    },
    {
      id: 'client-logs',
      title: 'streams its logs to the end, each line once',
      rule: 'R7: each line once per stream',
      given: ['commands', 'logs'],
      async run(bench) {
        const client = await bench.client();
        const job = aJob(bench, 'echo one; sleep 0.3; echo two', { stdout: 'one\ntwo\n', seconds: 0.3 });
        const handle = await bench.time.drive(client.submit(job));

        const lines = await bench.time.drive(handle.logs().toArray());

        assert.deepEqual(
          lines.map(({ text }) => text),
          ['one', 'two'],
        );
      },
    },
    {
      id: 'client-same-key',
      title: 'makes one job of a key that is submitted twice',
      rule: 'R1, I1: one key, at most one live job',
      given: ['commands'],
      needs: ['created'],
      async run(bench) {
        const client = await bench.client();
        const job = aJob(bench, 'exit 0', {});
        const first = await bench.time.drive(client.submit(job, { key: 'the key' }));
        const again = await bench.time.drive(client.submit(job, { key: 'the key' }));

        assert.equal(again.toString(), first.toString());
        assert.equal(await bench.hook('created')(), 1);
      },
    },
    {
      id: 'client-same-key-at-once',
      title: 'makes one job of a key that two clients submit at once',
      rule: 'R1, failure 6 of §1.4: two at once',
      given: ['commands'],
      needs: ['second', 'created'],
      async run(bench) {
        const ledger = join(await bench.folder(), 'shared');
        const one = await bench.client({ ledger });
        const other = await bench.client({ ledger, adapter: bench.second() });
        const job = aJob(bench, 'exit 0', {});

        const handles = await bench.time.drive(
          Promise.all([one.submit(job, { key: 'the key' }), other.submit(job, { key: 'the key' })]),
        );

        assert.equal(handles[0].toString(), handles[1].toString());
        assert.equal(await bench.hook('created')(), 1);
      },
    },
    {
      id: 'client-key-conflict',
      title: 'refuses another job under the same key, and creates nothing',
      rule: 'failure 8 of §1.4: key reused with another job',
      given: ['commands'],
      needs: ['created'],
      async run(bench) {
        const client = await bench.client();
        await bench.time.drive(client.submit(aJob(bench, 'exit 0', {}), { key: 'the key' }));

        await assert.rejects(
          bench.time.drive(client.submit(aJob(bench, 'exit 1', { exitCode: 1 }), { key: 'the key' })),
          {
            name: 'KeyConflictError',
          },
        );
        assert.equal(await bench.hook('created')(), 1);
      },
    },
    {
      id: 'client-attach',
      title: 'is found again by its ref alone, in a process that knows nothing of it',
      rule: 'DESIGN §4: attach',
      ...SECOND,
      async run(bench) {
        const client = await bench.client();
        const handle = await bench.time.drive(client.submit(aJob(bench, 'exit 3', { exitCode: 3 })));
        const ref = handle.toString();
        const first = await bench.time.drive(handle.wait());

        const other = await bench.client({ adapter: bench.second(), ledger: 'memory' });
        const found = await bench.time.drive(other.attach(ref));
        const again = await bench.time.drive(found.wait());

        assert.equal(again.state, first.state);
        assert.equal(again.state === 'failed' && again.exitCode, 3);
      },
    },
    {
      id: 'client-close-leaves-job',
      title: 'runs on when the client that submitted it is closed',
      rule: 'R10: close() ends nothing remote',
      ...SECOND,
      async run(bench) {
        const client = await bench.client();
        const handle = await bench.time.drive(client.submit(aJob(bench, 'sleep 1', { seconds: 1 })));
        const ref = handle.toString();
        await bench.time.drive(client.close());

        const other = await bench.client({ adapter: bench.second(), ledger: 'memory' });
        const found = await bench.time.drive(other.attach(ref));

        assert.equal((await bench.time.drive(found.wait())).state, 'succeeded');
      },
    },
    {
      id: 'client-abort-wait',
      title: 'runs on when somebody stops waiting for it',
      rule: 'R5: aborting a wait never cancels a job',
      ...GIVEN,
      async run(bench) {
        const client = await bench.client();
        const handle = await bench.time.drive(client.submit(aJob(bench, 'sleep 1', { seconds: 1 })));
        const abort = new AbortController();
        const waiting = handle.wait({ signal: abort.signal });
        waiting.catch(() => {});
        abort.abort();

        await assert.rejects(waiting);
        assert.equal((await bench.time.drive(handle.wait())).state, 'succeeded');
      },
    },
    {
      id: 'client-cancel',
      title: 'is cancelled, and its wait says so',
      rule: 'DESIGN §4: cancel',
      given: ['commands', 'cancel'],
      async run(bench) {
        const client = await bench.client();
        const job = aJob(bench, 'exec sleep 600', { seconds: Number.POSITIVE_INFINITY });
        const handle = await bench.time.drive(client.submit(job));
        await bench.time.drive(handle.waitFor('running'));
        await bench.time.drive(handle.cancel('the suite asks for it'));

        assert.equal((await bench.time.drive(handle.wait())).state, 'cancelled');
      },
    },
    {
      id: 'client-map',
      title: 'is mapped over items, and gives one result per item',
      rule: 'R1: every index exactly once',
      given: ['commands', 'arrays'],
      async run(bench) {
        const client = await bench.client();
        const command = bench.shell('[ "$SCIJOB_INDEX" = 2 ] && exit 5; exit 0');
        bench.know({ command, does: (index) => (index === 2 ? { exitCode: 5 } : {}) });
        const sweep = await bench.time.drive(
          client.map(['a', 'b', 'c', 'd'], new CommandJob({ name: 'sweep', command })),
        );

        const children = await bench.time.drive(sweep.results().toArray());

        assert.deepEqual(children.map(({ index, item, state }) => `${index} ${item} ${state}`).sort(), [
          '0 a succeeded',
          '1 b succeeded',
          '2 c failed',
          '3 d succeeded',
        ]);
      },
    },
    {
      id: 'client-ref-no-secret',
      title: 'carries no secret in its ref, its plan or its status',
      rule: 'R9: secrets are references',
      ...GIVEN,
      async run(bench) {
        const canary = aCanary();
        bench.later(async () => canary.remove());
        const client = await bench.client();
        const job = aJob(bench, 'exit 0', {}, { secrets: { TOKEN: `env:${canary.name}` } });

        const plan = await bench.time.drive(client.plan(job));
        const handle = await bench.time.drive(client.submit(job));
        const status = await bench.time.drive(handle.wait());

        const ref = handle.toString();
        const decoded = Buffer.from(ref.split(':').at(-1) ?? '', 'base64url').toString();
        assertWithout(
          canary.value,
          [plan, ref, decoded, status, await bench.time.drive(handle.attempts())],
          'what a client tells',
        );
      },
    },
    {
      id: 'client-ref-json',
      title: 'has a ref that survives JSON',
      rule: 'DESIGN §4: a handle inside JSON.stringify can be attached to again',
      ...GIVEN,
      async run(bench) {
        const client = await bench.client();
        const handle = await bench.time.drive(client.submit(aJob(bench, 'exit 0', {})));

        const again = await bench.time.drive(client.attach(handle.toString()));

        assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(handle)));
        assert.equal((await bench.time.drive(again.wait())).state, 'succeeded');
      },
    },
  ],
};
