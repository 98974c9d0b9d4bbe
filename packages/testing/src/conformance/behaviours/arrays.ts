import assert from 'node:assert/strict';
import { CommandJob } from '@scijob/core';
import { isFinal } from '@scijob/core/adapter';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { exitsByIndex, items, listAllChildren, numbers, printsIndex } from '../bench/arrays.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import type { Task } from '../does.ts';

const GIVEN = { given: ['commands', 'arrays'] } as const satisfies Partial<Behaviour>;
const WITH_LOGS = { given: ['commands', 'arrays', 'logs'] } as const satisfies Partial<Behaviour>;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const total = (counts: object) => Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);

export const arrays: Chapter = {
  name: 'arrays',
  behaviours: [
    {
      id: 'array-every-index-once',
      title: 'runs every item exactly once, under its own index',
      rule: 'R1: every index exactly once',
      ...WITH_LOGS,
      async run(bench) {
        const { ref, last } = await bench.run(printsIndex(bench), { items: items(24) });
        assert.equal(last.status.state, 'succeeded');

        const children = await listAllChildren(bench, ref);
        const { lines } = await readAllLogs(bench, ref);

        assert.deepEqual(numbers(children), upTo(24));
        assert.deepEqual(
          texts(lines).toSorted(),
          upTo(24)
            .map((index) => `task ${index}`)
            .toSorted(),
        );
      },
    },
    {
      id: 'array-of-one',
      title: 'runs an array of one item as an array',
      rule: 'R1: every index exactly once',
      ...GIVEN,
      async run(bench) {
        const { ref, last } = await bench.run(printsIndex(bench), { items: items(1) });

        assert.equal(last.status.state, 'succeeded');
        assert.deepEqual(numbers(await listAllChildren(bench, ref)), [0]);
      },
    },
    {
      id: 'array-item-command',
      title: 'gives each task the command and the environment of its item, and takes away what the item takes away',
      rule: 'DESIGN §4: what differs goes to a manifest',
      given: ['commands', 'arrays', 'logs'],
      needs: ['programs'],
      async run(bench) {
        const show = `echo "$1 \${COLOR-none} \${SIZE-none}"`;
        const task: Task = {
          command: bench.shell(show, 'base'),
          does: {},
          environment: { COLOR: 'red', SIZE: 'small' },
        };
        const lines = [
          { item: 0 },
          { item: 1, command: bench.shell(show, `it's "one"`) },
          { item: 2, environment: { COLOR: 'blue $HOME' } },
          { item: 3, environment: { SIZE: null } },
        ];

        const { ref } = await bench.run(task, { items: lines });

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines).toSorted(), [
          'base blue $HOME small',
          'base red none',
          'base red small',
          `it's "one" red small`,
        ]);
      },
    },
    {
      id: 'array-item-json',
      title: 'hands each task its item as JSON, a long one as a file',
      rule: 'DESIGN §4: SCIJOB_ITEM, or SCIJOB_ITEM_FILE',
      given: ['commands', 'arrays', 'logs'],
      needs: ['programs'],
      async run(bench) {
        const given = [{ smiles: 'C[N+](C)C', note: `it's "ä"\n葉` }, 'x'.repeat(60_000), null, [1, 2]];
        const command = bench.shell(
          'if [ -n "$SCIJOB_ITEM" ]; then printf %s "$SCIJOB_ITEM"; else cat "$SCIJOB_ITEM_FILE"; fi | tr -d "\\n" | wc -c | tr -d " "',
        );

        const { ref } = await bench.run({ command, does: {} }, { items: given.map((item) => ({ item })) });

        const sizes = given.map((item) => String(Buffer.byteLength(JSON.stringify(item))));
        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines).toSorted(), sizes.toSorted());
      },
    },
    {
      id: 'array-variables',
      title: 'tells each task its index and how many there are',
      rule: 'DESIGN §4: SCIJOB_INDEX, SCIJOB_COUNT',
      given: ['commands', 'arrays', 'logs'],
      needs: ['programs'],
      async run(bench) {
        const command = bench.shell('echo "$SCIJOB_INDEX of $SCIJOB_COUNT"');

        const { ref } = await bench.run({ command, does: {} }, { items: items(3) });

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines).toSorted(), ['0 of 3', '1 of 3', '2 of 3']);
      },
    },
    {
      id: 'array-part-of-items',
      title: 'runs only the items of its part, numbered by item, and ends when those have',
      rule: 'DESIGN §2: cut into parts; children by item index for ever',
      ...GIVEN,
      async run(bench) {
        const { ref, last } = await bench.run(printsIndex(bench), {
          items: items(12),
          tasks: [
            [3, 3],
            [7, 9],
          ],
        });

        assert.equal(last.status.state, 'succeeded');
        if (last.counts) assert.deepEqual(last.counts, { succeeded: 4 });
        assert.deepEqual(numbers(await listAllChildren(bench, ref)), [3, 7, 8, 9]);
      },
    },
    {
      id: 'array-counts',
      title: 'counts each task once at every look, never more than there are',
      rule: 'R4: live state from counts',
      ...GIVEN,
      async run(bench) {
        const task: Task = { command: bench.shell('sleep 0.2'), does: { seconds: 0.2 } };
        const { ref } = await bench.start(task, { items: items(8) });

        const last = await bench.until(
          ref,
          ({ status, counts }) => {
            if (counts) assert.equal(total(counts), 8, JSON.stringify(counts));
            return isFinal(status);
          },
          'the end of the array',
        );

        if (last.counts) assert.deepEqual(last.counts, { succeeded: 8 });
      },
    },
    {
      id: 'array-mixed-ends',
      title: 'fails an array of which some failed, and says of each task how it ended',
      rule: 'failure 17 of §1.4: children are reported by themselves',
      ...GIVEN,
      async run(bench) {
        const codes = [0, 3, 0, 0, 5];
        const { ref, last } = await bench.run(exitsByIndex(bench, codes), { items: items(codes.length) });

        assert.equal(last.status.state, 'failed');
        const children = await listAllChildren(bench, ref);
        const told = children
          .toSorted((a, b) => Number(a.child) - Number(b.child))
          .map(({ status }) => {
            if (status.state === 'succeeded') return 0;
            return status.state === 'failed' ? status.exitCode : status.state;
          });
        assert.deepEqual(told, codes);
      },
    },
    {
      id: 'array-failure-stops-none',
      title: 'runs the other tasks to their end when one has failed',
      rule: 'R1: every index exactly once',
      ...GIVEN,
      async run(bench) {
        const { ref, last } = await bench.run(exitsByIndex(bench, [9, 0, 0, 0, 0, 0]), { items: items(6) });

        if (last.counts) assert.deepEqual(last.counts, { failed: 1, succeeded: 5 });
        assert.equal((await listAllChildren(bench, ref, { states: ['succeeded'] })).length, 5);
      },
    },
    {
      id: 'array-not-ended-early',
      title: 'does not end an array before its last task has',
      rule: 'R2: terminal by complement only when counts add up',
      given: ['commands', 'arrays', 'cancel'],
      async run(bench) {
        const task: Task = {
          command: bench.shell('[ "$SCIJOB_INDEX" = 0 ] && exec sleep 600; exit 4'),
          does: (index) => (index === 0 ? { seconds: Number.POSITIVE_INFINITY } : { exitCode: 4 }),
        };
        const { ref } = await bench.start(task, { items: items(3) });
        let failed = 0;
        for (let time = 0; time < 600 && failed < 2; time += 1) {
          await bench.time.pass(bench.tickMs);
          failed = (await bench.adapter.listChildren(ref, { states: ['failed'] }, bench.context())).items.length;
        }
        assert.equal(failed, 2, 'two tasks have failed');

        const look = await bench.look(ref);

        assert.ok(look && !isFinal(look.status), `the array is ${look?.status.state}`);
        await bench.adapter.cancel([{ ref }], 'the suite has seen enough', bench.context());
        await bench.end({ ref });
      },
    },
    {
      id: 'array-max-concurrent',
      title: 'never runs more tasks at once than maxConcurrent',
      rule: 'DESIGN §6: maxConcurrent',
      given: ['commands', 'arrays', 'native maxConcurrent'],
      async run(bench) {
        const task: Task = { command: bench.shell('sleep 0.3'), does: { seconds: 0.3 } };
        const { ref } = await bench.start(task, { items: items(6), maxConcurrent: 2 });

        await bench.until(
          ref,
          ({ status, counts = {} }) => {
            const running = (counts.starting ?? 0) + (counts.running ?? 0) + (counts.finalizing ?? 0);
            assert.ok(running <= 2, `${running} at once`);
            return isFinal(status);
          },
          'the end of the array',
        );
      },
    },
    {
      id: 'array-refused',
      title: 'refuses to map where there are no arrays, by name',
      rule: 'DESIGN §4: refused by name, never dropped',
      given: ['commands'],
      without: 'arrays',
      async run(bench) {
        const client = await bench.client();
        const job = new CommandJob({ name: 'sweep', command: bench.shell('exit 0') });

        await assert.rejects(bench.time.drive(client.map([1, 2], job)), { name: 'UnsupportedError', message: /map/ });
      },
    },
    {
      id: 'max-concurrent-refused',
      title: 'refuses maxConcurrent by name where neither the backend nor the owner does it',
      rule: 'DESIGN §4: refused by name, never dropped',
      given: ['commands', 'arrays'],
      without: 'maxConcurrent',
      async run(bench) {
        const client = await bench.client();
        const job = new CommandJob({ name: 'sweep', command: bench.shell('exit 0') });

        await assert.rejects(bench.time.drive(client.map([1, 2, 3], job, { maxConcurrent: 1 })), {
          name: 'UnsupportedError',
          message: /maxConcurrent/,
        });
      },
    },
  ],
};
