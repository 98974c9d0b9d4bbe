import assert from 'node:assert/strict';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { exitsByIndex, items, listAllChildren, numbers, printsIndex } from '../bench/arrays.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import { listAllArtifacts, readBytes } from '../bench/read-artifacts.ts';
import type { Task } from '../does.ts';

const GIVEN = { given: ['commands', 'arrays'] } as const satisfies Partial<Behaviour>;
const WITH_LOGS = { given: ['commands', 'arrays', 'logs'] } as const satisfies Partial<Behaviour>;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

export const children: Chapter = {
  name: 'children of arrays',
  behaviours: [
    {
      id: 'array-part-logs',
      title: 'gives the logs of a part’s task by the index of its item',
      rule: 'DESIGN §4: child(i) by item index',
      ...WITH_LOGS,
      async run(bench) {
        const { ref } = await bench.run(printsIndex(bench), {
          items: items(12),
          tasks: [
            [3, 3],
            [7, 9],
          ],
        });

        const { lines } = await readAllLogs(bench, ref, { child: 8 });

        assert.deepEqual(texts(lines), ['task 8']);
      },
    },
    {
      id: 'array-part-artifacts',
      title: 'gives the artifacts of a part’s task by the index of its item',
      rule: 'DESIGN §4: child(i) by item index',
      ...GIVEN,
      async run(bench) {
        const task: Task = {
          command: bench.shell('echo "$SCIJOB_INDEX" > out.txt'),
          does: (index) => ({ files: { 'out.txt': `${index}\n` } }),
          outputs: { out: { type: 'file', path: 'out.txt', optional: false } },
        };
        const { ref } = await bench.run(task, {
          items: items(6),
          tasks: [
            [2, 3],
            [5, 5],
          ],
        });

        const { items: found } = await bench.adapter.listArtifacts(ref, { child: 5 }, bench.context());

        assert.deepEqual(
          found.map(({ path, child }) => [path, child]),
          [['out.txt', 5]],
        );
      },
    },
    {
      id: 'array-children-states',
      title: 'lists only the children in the states that were asked for',
      rule: 'DESIGN §4: cost is O(failures)',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(exitsByIndex(bench, [0, 1, 0, 1, 0, 1]), { items: items(6) });

        assert.deepEqual(numbers(await listAllChildren(bench, ref, { states: ['failed'] })), [1, 3, 5]);
        assert.deepEqual(numbers(await listAllChildren(bench, ref, { states: ['succeeded'] })), [0, 2, 4]);
        assert.deepEqual(numbers(await listAllChildren(bench, ref, { states: ['cancelled', 'lost'] })), []);
      },
    },
    {
      id: 'array-child-by-index',
      title: 'gives the one child that was asked for',
      rule: 'DESIGN §4: child(i) by item index',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(exitsByIndex(bench, [0, 0, 6, 0]), { items: items(4) });

        const [child, ...others] = await listAllChildren(bench, ref, { index: 2 });

        assert.deepEqual(others, []);
        assert.equal(child?.child, 2);
        assert.equal(child?.status.state === 'failed' && child.status.exitCode, 6);
      },
    },
    {
      id: 'array-children-cursor',
      title: 'goes on behind a page of children, each of them once',
      rule: 'seam: a cursor is a place',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(printsIndex(bench), { items: items(10) });
        const first = await bench.adapter.listChildren(ref, {}, bench.context());

        const rest =
          first.end || first.cursor === undefined ? [] : await listAllChildren(bench, ref, { cursor: first.cursor });

        assert.deepEqual(numbers([...first.items, ...rest]), upTo(10));
      },
    },
    {
      id: 'array-child-ref',
      title: 'observes one task of an array by its ref and index',
      rule: 'DESIGN §4: children',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(exitsByIndex(bench, [0, 7, 0]), { items: items(3) });

        const [good, bad] = [await bench.look({ ...ref, child: 0 }), await bench.look({ ...ref, child: 1 })];

        assert.equal(good?.status.state, 'succeeded');
        assert.equal(bad?.status.state === 'failed' && bad.status.exitCode, 7);
      },
    },
    {
      id: 'array-child-logs',
      title: 'delivers the lines of one task, and says of each line of all which task it is of',
      rule: 'DESIGN §4: LogLine.child',
      ...WITH_LOGS,
      async run(bench) {
        const { ref } = await bench.run(printsIndex(bench), { items: items(5) });

        const own = await readAllLogs(bench, ref, { child: 3 });
        const all = await readAllLogs(bench, ref);

        assert.deepEqual(texts(own.lines), ['task 3']);
        for (const { text, child } of all.lines) assert.equal(text, `task ${child}`);
      },
    },
    {
      id: 'array-logs-resume',
      title: 'loses and repeats no line of many tasks when it goes on at any of them',
      rule: 'R7: cursors resume',
      ...WITH_LOGS,
      async run(bench) {
        const { ref } = await bench.run(printsIndex(bench), { items: items(8) });
        const { lines } = await readAllLogs(bench, ref);

        for (const [index, { cursor }] of lines.entries()) {
          const rest = await readAllLogs(bench, ref, { cursor });
          assert.deepEqual(texts(rest.lines).toSorted(), texts(lines.slice(index + 1)).toSorted(), `at ${index + 1}`);
        }
      },
    },
    {
      id: 'array-child-artifacts',
      title: 'gives each task’s own file under the same path',
      rule: 'R6: the task’s directory is its own',
      ...GIVEN,
      async run(bench) {
        const task: Task = {
          command: bench.shell('echo "of $SCIJOB_INDEX" > out.txt'),
          does: (index) => ({ files: { 'out.txt': `of ${index}\n` } }),
          outputs: { out: { type: 'file', path: 'out.txt', optional: false } },
        };
        const { ref } = await bench.run(task, { items: items(4) });

        const found = await listAllArtifacts(bench, ref);

        assert.deepEqual(found.map(({ child }) => Number(child)).sort(), upTo(4));
        for (const artifact of found) {
          const text = Buffer.from(await readBytes(bench, ref, artifact)).toString();
          assert.equal(text, `of ${artifact.child}\n`);
        }
      },
    },
    {
      id: 'array-output-missing',
      title: 'fails the one task that did not leave its output',
      rule: 'R2: output-missing',
      ...GIVEN,
      async run(bench) {
        const task: Task = {
          command: bench.shell('[ "$SCIJOB_INDEX" = 1 ] || echo x > out.txt'),
          does: (index) => (index === 1 ? {} : { files: { 'out.txt': 'x\n' } }),
          outputs: { out: { type: 'file', path: 'out.txt', optional: false } },
        };
        const { ref, last } = await bench.run(task, { items: items(3) });

        assert.equal(last.status.state, 'failed');
        const [failed, ...others] = await listAllChildren(bench, ref, { states: ['failed'] });
        assert.equal(failed?.child, 1);
        assert.deepEqual(others, []);
        assert.equal(failed?.status.state === 'failed' && failed.status.reason, 'output-missing');
      },
    },
    {
      id: 'array-elsewhere',
      title: 'shows another process the same children',
      rule: 'DESIGN §6: any client with the ref may compute it',
      ...GIVEN,
      needs: ['second'],
      async run(bench) {
        const { ref } = await bench.run(exitsByIndex(bench, [0, 2, 0]), { items: items(3) });

        const children = await listAllChildren(bench, ref, {}, bench.second());

        assert.deepEqual(numbers(children), [0, 1, 2]);
        assert.equal(children.filter(({ status }) => status.state === 'failed').length, 1);
      },
    },
    {
      id: 'single-has-no-children',
      title: 'lists no children of a job that is no array',
      rule: 'R5: every stream ends',
      async run(bench) {
        const { ref } = await bench.run({ command: bench.shell('exit 0'), does: {} });

        const page = await bench.adapter.listChildren(ref, {}, bench.context());

        assert.deepEqual(page.items, []);
        assert.equal(page.end, true);
      },
    },
  ],
};
