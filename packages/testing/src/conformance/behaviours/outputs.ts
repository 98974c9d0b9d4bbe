import assert from 'node:assert/strict';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { listAllArtifacts, readBytes } from '../bench/read-artifacts.ts';
import { exits, writes } from '../bench/tasks.ts';

const GIVEN = { given: ['commands'] } as const satisfies Partial<Behaviour>;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

export const outputs: Chapter = {
  name: 'declared outputs',
  behaviours: [
    {
      id: 'output-missing',
      title: 'fails a job that exited with 0 and did not leave a required output, and names it',
      rule: 'R2, DESIGN §4: output-missing',
      ...GIVEN,
      async run(bench) {
        const outputs = { table: { type: 'file', path: 'results/table.csv', optional: false } } as const;
        const { last } = await bench.run(exits(bench, 0, { outputs }));

        assert.equal(last.status.state, 'failed', 'never a success without its outputs');
        if (last.status.state !== 'failed') return;
        assert.equal(last.status.reason, 'output-missing');
        assert.match(last.status.message, /results\/table\.csv/);
      },
    },
    {
      id: 'output-missing-pattern',
      title: 'fails a job that left no file of a required pattern',
      rule: 'R2: none is a failure',
      ...GIVEN,
      async run(bench) {
        const outputs = { poses: { type: 'files', path: 'poses/*.sdf', optional: false } } as const;
        const { last } = await bench.run({ ...writes(bench, 'other/a.sdf', 'x'), outputs });

        assert.equal(last.status.state === 'failed' && last.status.reason, 'output-missing');
      },
    },
    {
      id: 'output-optional',
      title: 'lets a job succeed that did not leave an optional output',
      rule: 'DESIGN §4: optional outputs',
      ...GIVEN,
      async run(bench) {
        const outputs = {
          table: { type: 'file', path: 'table.csv', optional: true },
          plots: { type: 'files', path: '*.svg', optional: true },
        } as const;
        const { ref, last } = await bench.run(exits(bench, 0, { outputs }));

        assert.equal(last.status.state, 'succeeded');
        assert.deepEqual(await listAllArtifacts(bench, ref), []);
      },
    },
    {
      id: 'output-failed-first',
      title: 'gives the failure of the command, not the output that is missing for it',
      rule: 'DESIGN §4: state × reason',
      ...GIVEN,
      async run(bench) {
        const outputs = { table: { type: 'file', path: 'table.csv', optional: false } } as const;
        const { last } = await bench.run(exits(bench, 7, { outputs }));

        assert.equal(last.status.state === 'failed' && last.status.reason, 'exit-nonzero');
        assert.equal(last.status.state === 'failed' && last.status.exitCode, 7);
      },
    },
    {
      id: 'output-pattern',
      title: 'lists every file of a pattern once, over folders, and no other',
      rule: 'DESIGN §4: files(glob)',
      ...GIVEN,
      async run(bench) {
        const paths = ['a.csv', 'deep/b.csv', 'deep/er/c.csv'];
        const { ref } = await bench.run({
          command: bench.shell(
            `mkdir -p deep/er; for f in "$@"; do printf '%s' "$f" > "$f"; done; echo x > no.txt`,
            ...paths,
          ),
          does: { files: { ...Object.fromEntries(paths.map((path) => [path, path])), 'no.txt': 'x\n' } },
          outputs: { tables: { type: 'files', path: '**/*.csv', optional: false } },
        });

        const found = await listAllArtifacts(bench, ref);

        assert.deepEqual(found.map(({ path }) => path).sort(), paths);
        for (const artifact of found) {
          assert.deepEqual(await readBytes(bench, ref, artifact), bytes(artifact.path));
        }
      },
    },
    {
      id: 'output-odd-names',
      title: 'lists and opens outputs whatever their names',
      rule: 'R9: nothing reaches a path unescaped',
      ...GIVEN,
      async run(bench) {
        const names = [
          'a b.txt',
          `it's.txt`,
          '"q".txt',
          '-dash.txt',
          '$(id).txt',
          'ä葉🧬.txt',
          '100%.txt',
          'a;b&c.txt',
          '#x?.txt',
          'a\\b.txt',
        ];
        const { ref, last } = await bench.run({
          command: bench.shell(`for f in "$@"; do printf '%s' "$f" > "./$f"; done`, ...names),
          does: { files: Object.fromEntries(names.map((name) => [name, name])) },
          outputs: { all: { type: 'files', path: '*.txt', optional: false } },
        });
        assert.equal(last.status.state, 'succeeded', JSON.stringify(last.status));

        const found = await listAllArtifacts(bench, ref);

        assert.deepEqual(found.map(({ path }) => path).sort(), [...names].sort());
        for (const artifact of found) {
          assert.deepEqual(await readBytes(bench, ref, artifact), bytes(artifact.path));
        }
      },
    },
    {
      id: 'output-twice-declared',
      title: 'lists a file once that two outputs declare',
      rule: 'R6: one file, one artifact',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run({
          ...writes(bench, 'out.txt', 'once'),
          outputs: {
            one: { type: 'file', path: 'out.txt', optional: false },
            all: { type: 'files', path: '*.txt', optional: false },
          },
        });

        assert.equal((await listAllArtifacts(bench, ref)).length, 1);
      },
    },
  ],
};
