import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Behaviour, Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import type { Task } from '../does.ts';
import { aCanary } from './canary.ts';

const NEEDS = { given: ['commands', 'logs'], needs: ['programs'] } as const satisfies Partial<Behaviour>;
/** Each argument in hexadecimal, one a line: what arrived, byte for byte, whatever a log does with it. */
const SHOW_ARGUMENTS = `for a in "$@"; do printf '%s' "$a" | od -An -v -tx1 | tr -d ' \\n'; echo; done`;

const LONG = '0123456789'.repeat(5_000);

async function outputOf(bench: Bench, task: Task): Promise<readonly string[]> {
  const { ref, last } = await bench.run(task);
  const { lines } = await readAllLogs(bench, ref);
  assert.equal(last.status.state, 'succeeded', `${JSON.stringify(last.status)}\n${texts(lines).join('\n')}`);
  return texts(lines.filter(({ stream }) => stream === 'stdout'));
}

const hex = (text: string) => Buffer.from(text).toString('hex');

function argvBehaviour(id: string, what: string, given: readonly string[], rule: string): Behaviour {
  return {
    id: `argv-${id}`,
    title: `hands ${what} to the program, byte for byte`,
    rule,
    ...NEEDS,
    async run(bench) {
      const task = { command: bench.shell(SHOW_ARGUMENTS, ...given), does: { stdout: '' } };

      assert.deepEqual(await outputOf(bench, task), given.map(hex));
    },
  };
}

export const programs: Chapter = {
  name: 'what a program sees',
  behaviours: [
    argvBehaviour('plain', 'plain arguments', ['a', '--b=c', '-d', 'e f'], 'R9: argv is no shell string'),
    argvBehaviour(
      'unicode',
      'arguments in any script',
      ['Ligustrum ovalifolium 葉', 'naïve', '🧬', 'e\u0301'],
      'peers §7: unicode in argv',
    ),
    argvBehaviour(
      'quotes',
      'quotes and shell characters',
      [`it's`, '"q"', '$HOME', '`id`', '$(id)', 'a;b|c&d>e', '\\', '\\n', '!x', '%s%d', '{a,b}', '~'],
      'R9, peers §7: quotes in argv',
    ),
    argvBehaviour(
      'newlines',
      'line ends, tabs and control characters',
      ['a\nb', '\n', 'a\r\nb', '\ttab', '\u001b[31mred', '\u0001', 'ends\n'],
      'R9, peers §7: control characters in argv',
    ),
    argvBehaviour(
      'globs',
      'patterns, as they are',
      ['*', '?', '[a-z]*', '/*', '**', '#', '-', '--'],
      'R9: nothing is expanded',
    ),
    argvBehaviour('empty', 'empty arguments', ['', 'a', '', ''], 'R9: argv is no shell string'),
    {
      id: 'argv-long',
      title: 'hands an argument of 100,000 characters to the program whole',
      rule: 'peers §7: lengths',
      ...NEEDS,
      async run(bench) {
        const command = bench.shell(
          'printf %s "$1" | wc -c | tr -d " "; [ "$1" = "$2$2" ] && echo same',
          LONG + LONG,
          LONG,
        );

        assert.deepEqual(await outputOf(bench, { command, does: {} }), ['100000', 'same']);
      },
    },
    {
      id: 'environment-bytes',
      title: 'hands environment values to the program, byte for byte and unexpanded',
      rule: 'R9: nothing of the user’s reaches a shell',
      ...NEEDS,
      async run(bench) {
        const environment = {
          A: `it's "q" $HOME`,
          B: 'line\nend\n',
          C: 'naïve 🧬',
          D: '',
          E: 'a=b;c',
          F: '`id` $(id) \\ %',
        };
        const show = Object.keys(environment).map((name) => `"$${name}"`);
        const task: Task = {
          command: bench.shell(`set -- ${show.join(' ')}; ${SHOW_ARGUMENTS}`),
          does: {},
          environment,
        };

        assert.deepEqual(await outputOf(bench, task), Object.values(environment).map(hex));
      },
    },
    {
      id: 'work-directory',
      title: 'starts the program in its own directory, empty, and says where that is',
      rule: 'DESIGN §4: the task’s directory is input, output and working directory',
      ...NEEDS,
      async run(bench) {
        const line = `pwd -P; cd "$SCIJOB_WORK_DIR" && pwd -P; ls -A | wc -l | tr -d ' '`;

        const [here, told, count] = await outputOf(bench, { command: bench.shell(line), does: {} });

        assert.equal(told, here);
        assert.equal(count, '0');
      },
    },
    {
      id: 'scijob-variables',
      title: 'sets the variables that every task sees, and those of an array only there',
      rule: 'DESIGN §4: every task sees, on every backend',
      ...NEEDS,
      async run(bench) {
        const names = ['KEY', 'JOB_NAME', 'ATTEMPT', 'NODE_INDEX', 'NODE_COUNT', 'INDEX', 'COUNT', 'ITEM'];
        const line = names.map((name) => `echo "${name}=\${SCIJOB_${name}-none}"`).join('; ');
        const command = bench.shell(`${line}; [ -n "$SCIJOB_MAIN_NODE" ] && echo main`);
        const key = `conformance key ${Date.now()}`;

        const lines = await outputOf(bench, { command, does: {}, name: 'a name: 1/2 "ä"' });
        assert.ok(lines.includes('JOB_NAME=a name: 1/2 "ä"'), lines.join('\n'));
        for (const wanted of [
          'ATTEMPT=1.0',
          'NODE_INDEX=0',
          'NODE_COUNT=1',
          'INDEX=none',
          'COUNT=none',
          'ITEM=none',
          'main',
        ]) {
          assert.ok(lines.includes(wanted), `${wanted} in\n${lines.join('\n')}`);
        }

        const { ref } = await bench.run({ command, does: {} }, { key, submission: 2 });
        const again = texts((await readAllLogs(bench, ref)).lines);
        assert.ok(again.includes(`KEY=${key}`), again.join('\n'));
        assert.ok(again.includes('ATTEMPT=2.0'), again.join('\n'));
      },
    },
    {
      id: 'stdin-empty',
      title: 'gives the program an empty standard input, so that what reads it ends',
      rule: 'R5: everything ends',
      ...NEEDS,
      async run(bench) {
        assert.deepEqual(await outputOf(bench, { command: bench.shell('cat; echo over'), does: {} }), ['over']);
      },
    },
    {
      id: 'script-as-it-is',
      title: 'runs a script as it is, whatever characters it holds',
      rule: 'R9: a script is the user’s program',
      ...NEEDS,
      async run(bench) {
        const text = `x='a "b" $c'\nprintf '%s\\n' "$x" 'naïve 🧬' "\${y-unset}" # a comment\ncat <<'END'\n$not \`expanded\`\nEND\n`;
        const job: Partial<Task> = { script: { text } };
        const { command: _command, ...fields } = bench.job({ command: ['unused'], does: {}, ...job });

        const [started] = await bench.startParts([{ ...bench.part({ command: ['unused'], does: {} }), job: fields }]);
        assert.ok(started);
        await bench.end(started);

        assert.deepEqual(texts((await readAllLogs(bench, started.ref)).lines), [
          'a "b" $c',
          'naïve 🧬',
          'unset',
          '$not `expanded`',
        ]);
      },
    },
    {
      id: 'input-bytes',
      title: 'puts inputs where the program looks for them, byte for byte, under any name',
      rule: 'R6: bytes or error',
      ...NEEDS,
      async run(bench) {
        const folder = await bench.folder();
        const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
        const names = ['data.bin', 'sub folder/naïve file (1).txt', `-dash 'quoted' "$(id)".txt`];
        const inputs: Record<string, string> = {};
        for (const [index, name] of names.entries()) {
          const source = join(folder, `source-${index}`);
          await writeFile(source, content);
          inputs[name] = source;
        }

        const lines = await outputOf(bench, {
          command: bench.shell(
            `for f in "$@"; do cat -- "./$f" | od -An -v -tx1 | tr -d ' \\n' | cksum; done`,
            ...names,
          ),
          does: {},
          inputs,
        });

        assert.equal(new Set(lines).size, 1, lines.join('\n'));
        assert.equal(lines[0]?.split(' ')[1], String(content.length * 2));
      },
    },
    {
      id: 'input-directory',
      title: 'takes a directory as input whole',
      rule: 'DESIGN §4: a directory is taken whole',
      ...NEEDS,
      async run(bench) {
        const folder = await bench.folder();
        await mkdir(join(folder, 'deep/er'), { recursive: true });
        await writeFile(join(folder, 'top.txt'), 'top\n');
        await writeFile(join(folder, 'deep/er/in.txt'), 'deep\n');

        const lines = await outputOf(bench, {
          command: bench.shell('cat data/top.txt data/deep/er/in.txt'),
          does: {},
          inputs: { data: folder },
        });

        assert.deepEqual(lines, ['top', 'deep']);
      },
    },
    {
      id: 'secret-arrives',
      title: 'hands a secret to the program by its reference',
      rule: 'R9: secrets are references',
      ...NEEDS,
      async run(bench) {
        const canary = aCanary();
        bench.later(async () => canary.remove());

        const { ref, last } = await bench.run({
          command: bench.shell(`printf '%s' "$TOKEN" | od -An -v -tx1 | tr -d ' \\n'; echo`),
          does: {},
          secrets: { TOKEN: `env:${canary.name}` },
        });

        assert.equal(last.status.state, 'succeeded', JSON.stringify(last.status));
        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines), [hex(canary.value)]);
      },
    },
    {
      id: 'secret-nowhere',
      title: 'lets the value of a secret stand in nothing that it gives back or logs',
      rule: 'R9: no secret in a ref, a record, a log',
      given: ['commands'],
      needs: ['programs'],
      async run(bench) {
        const canary = aCanary();
        bench.later(async () => canary.remove());
        const { part, ref, last } = await bench.run({
          command: bench.shell('exit 3'),
          does: {},
          secrets: { TOKEN: `env:${canary.name}` },
        });

        const told = [
          ref,
          last,
          await bench.adapter.find([part.key], bench.context()),
          await bench.adapter.readLogs(ref, {}, bench.context()),
          await bench.adapter.listArtifacts(ref, {}, bench.context()),
          await bench.adapter.explain?.(ref, bench.context()),
          bench.contexts.logged,
        ];

        assert.ok(!JSON.stringify(told).includes(canary.value), 'the value of a secret was told');
      },
    },
  ],
};
