import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findWrapperShells, randomNumbers, Sandbox } from './wrapper-run.fixture.ts';

/** Shows its own argv and environment as the kernel got them. */
const SHOW = 'cat /proc/$$/cmdline; printf "\\0====\\0"; cat /proc/$$/environ';

const FRAGMENTS = [
  "'",
  "''",
  '"',
  '$HOME',
  '$(touch owned)',
  '`touch owned`',
  '\\',
  '\\n',
  '\n',
  '\r\n',
  '!',
  '#',
  ' ',
  '*',
  '~',
  ';',
  '&&',
  '\x81',
  '\x84',
  '\x88',
  '\xff\xfe',
  'a',
];

function randomBytes(seed: number): string {
  const random = randomNumbers(seed);
  return Array.from({ length: random(40) }, () =>
    random(3) === 0 ? (FRAGMENTS[random(FRAGMENTS.length)] ?? '') : String.fromCharCode(1 + random(255)),
  ).join('');
}

describe.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  it.skipIf(shell.missing)(
    `gives the command exactly the bytes of its arguments and environment ${shell.missing ?? ''}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const tasks = Array.from({ length: 24 }, (_, round) => {
        const values = Array.from({ length: 12 }, (_, index) => randomBytes(round * 100 + index));
        const environment = Object.fromEntries(values.map((value, index) => [`VALUE_${index}`, value]));
        const command = ['sh', '-c', SHOW, ...values];
        return { task: sandbox.task(`t${round}`, { command, environment }, 'latin1'), values, command, environment };
      });

      await sandbox.runMany(tasks.map(({ task }) => task));

      for (const { task, command, environment } of tasks) {
        const [argv, environ] = task.bytes('stdout.1.0').toString('latin1').split('\0====\0');
        expect(argv?.split('\0').slice(0, -1)).toEqual(command);
        const seen = environ?.split('\0') ?? [];
        expect(seen).toEqual(
          expect.arrayContaining(Object.entries(environment).map(([name, value]) => `${name}=${value}`)),
        );
        expect(task.stderr()).toBe('');
        expect(task.end()?.exitCode).toBe(0);
      }
    },
  );

  it.skipIf(shell.missing)(
    `sets variables no shell can set, and those every shell acts upon ${shell.missing ?? ''}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const environment = {
        'a.b': '1',
        'x y': '2',
        'BASH_FUNC_cd%%': '() { touch owned; }',
        ...Object.fromEntries(
          [
            'UID',
            'PPID',
            'RANDOM',
            'SECONDS',
            'OPTIND',
            'IFS',
            'SHELLOPTS',
            'BASHOPTS',
            'BASH_ENV',
            'ENV',
            'LINENO',
            'PS4',
            'CDPATH',
            'sj_work',
            'sj_found',
          ].map((name) => [name, `of the user: ${name}`]),
        ),
        LC_ALL: 'xx_XX.no-such-locale',
        é: 'ü\u{1f9ea}',
      };
      // cat, not sh: a shell would act upon them before it shows them.
      const task = sandbox.task('t', {
        command: ['cat', '/proc/self/environ'],
        environment,
        unset: ['GONE', 'also.gone'],
      });

      await sandbox.run(task, {
        ...process.env,
        GONE: '1',
        'also.gone': '1',
        KEPT: 'yes',
        SCIJOB_INDEX: 'of the job around',
      });

      const seen = task.stdout().split('\0');
      expect(seen).toEqual(
        expect.arrayContaining(Object.entries(environment).map(([name, value]) => `${name}=${value}`)),
      );
      expect(seen).toContain('KEPT=yes');
      expect(seen.filter((entry) => /^(GONE|also\.gone|SCIJOB_INDEX|sj_(?!work|found))/.test(entry))).toEqual([]);
      expect(task.stderr()).toBe('');
    },
  );

  it.skipIf(shell.missing)(`works in folders with any name ${shell.missing ?? ''}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const name = ` '"$(touch owned)\`id\`\n*[a]?\\ -é\u{1f9ea}Á`;
    const task = sandbox.task(name, {
      command: ['sh', '-c', 'pwd; touch out.txt; mkdir sub; touch sub/in.txt'],
      outputs: [{ type: 'files', path: '**/*.txt', optional: false }],
      nativeId: 'n',
    });

    const { code, stderr } = await sandbox.run(task);

    expect({ code, stderr, out: task.stdout() }).toEqual({ code: 0, stderr: '', out: `${task.work}\n` });
    expect(
      task
        .outputs()
        ?.map(({ path }) => path)
        .sort(),
    ).toEqual(['out.txt', 'sub/in.txt']);
  });

  it.skipIf(shell.missing)(
    `keeps binary junk in the logs as it is, and appends ${shell.missing ?? ''}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', {
        command: ['sh', '-c', 'cat wrapper-text; cat wrapper-text >&2'],
        workDirectory: sandbox.directory,
      });
      const junk = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256));
      writeFileSync(`${sandbox.directory}/wrapper-text`, junk);
      writeFileSync(`${task.folder}/stdout.1.0`, 'before\n');

      await sandbox.run(task);

      expect(task.bytes('stdout.1.0').equals(Buffer.concat([Buffer.from('before\n'), junk]))).toBe(true);
      expect(task.bytes('stderr.1.0').equals(junk)).toBe(true);
    },
  );
});
