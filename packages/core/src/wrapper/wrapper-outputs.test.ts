import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../util/sha256.ts';
import { findWrapperShells, Sandbox } from './wrapper-run.fixture.ts';
import type { WrapperOutput } from './wrapper-task.ts';

const file = (path: string, optional = false): WrapperOutput => ({ type: 'file', path, optional });
const files = (path: string, optional = false): WrapperOutput => ({ type: 'files', path, optional });

describe.concurrent.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  const missing = shell.missing ?? '';

  it.skipIf(shell.missing)(`hashes every file it finds, whatever its name ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const names = [
      'plain.txt',
      'two words',
      'new\nline',
      'a\nb\\c\n\nd',
      'back\\slash',
      'ret\rurn',
      '-dash',
      '*',
      "it's",
      '"',
      '$(x)',
      'é\u{1f9ea}',
      ' -  x',
      'a\u2028b',
      'done\ndone',
    ];
    const task = sandbox.task('t', { outputs: [...names.map((name) => file(name)), files('sub/*')] });
    mkdirSync(`${task.work}/sub`);
    for (const [index, name] of names.entries()) {
      writeFileSync(`${task.work}/${name}`, `content ${index}`);
      writeFileSync(`${task.work}/sub/${name}`, `sub ${index}`);
    }

    const { code } = await sandbox.run(task);

    const sorted = (records: readonly { path: string }[] | undefined) =>
      records?.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(sorted(task.outputs())).toEqual(
      sorted(
        names.flatMap((name, index) => [
          { path: name, sha256: sha256(`content ${index}`) },
          { path: `sub/${name}`, sha256: sha256(`sub ${index}`) },
        ]),
      ),
    );
    expect(code).toBe(0);
  });

  it.skipIf(shell.missing)(`matches patterns and never runs them ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const tree = [
      'top.csv',
      'a/one.csv',
      'a/b/two.csv',
      'a/b/c/three.csv',
      'a/b/four.txt',
      'x[1]/five.csv',
      'back\\slash.csv',
      'two words.txt',
      '.hidden/no.csv',
    ];
    const matches: Record<string, readonly string[]> = {
      '*.csv': ['back\\slash.csv', 'top.csv'],
      '**/*.csv': ['a/b/c/three.csv', 'a/b/two.csv', 'a/one.csv', 'back\\slash.csv', 'top.csv', 'x[1]/five.csv'],
      'a/**': ['a/b/c/three.csv', 'a/b/four.txt', 'a/b/two.csv', 'a/one.csv'],
      'a/**/t*.csv': ['a/b/c/three.csv', 'a/b/two.csv'],
      'a/**/c/*': ['a/b/c/three.csv'],
      '**/**/t[g-i]ree.*': ['a/b/c/three.csv'],
      '?/*.csv': ['a/one.csv'],
      'two w*': ['two words.txt'],
      'back\\*': ['back\\slash.csv'],
      'x[[]1]/*': ['x[1]/five.csv'],
      '$(touch owned)*': [],
      '`touch owned`*': [],
      "'; touch owned; '*": [],
      '*.csv; touch owned': [],
      '${IFS}*': [],
      '~/*': [],
      '/nowhere/*': [],
    };
    const tasks = Object.entries(matches).map(([pattern, expected], index) => {
      const task = sandbox.task(`t${index}`, { outputs: [files(pattern)] });
      for (const path of tree) {
        mkdirSync(`${task.work}/${path}`.replace(/\/[^/]*$/, ''), { recursive: true });
        writeFileSync(`${task.work}/${path}`, path);
      }
      symlinkSync('..', `${task.work}/a/loop`);
      return { task, pattern, expected };
    });

    await sandbox.runMany(tasks.map(({ task }) => task));

    const found = tasks.map(({ task, pattern }) => [
      pattern,
      task
        .outputs()
        ?.map(({ path }) => path)
        .sort(),
    ]);
    expect(found).toEqual(Object.entries(matches));
    expect(tasks.map(({ task }) => task.end()?.reason)).toEqual(
      tasks.map(({ expected }) => (expected.length > 0 ? undefined : 'output-missing')),
    );
    expect(tasks.filter(({ task }) => existsSync(`${task.work}/owned`))).toEqual([]);
    expect(existsSync(`${sandbox.directory}/owned`)).toBe(false);
  });

  it.skipIf(shell.missing)(
    `fails a command that left a required output out, and only one that succeeded ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const outputs = [file('there'), file('optional', true), files('none/*', true), file('wanted'), files('*.csv')];
      const succeeds = sandbox.task('succeeds', { command: ['touch', 'there'], outputs });
      const fails = sandbox.task('fails', { command: ['sh', '-c', 'touch there; mkdir wanted; exit 9'], outputs });
      const folder = sandbox.task('folder', { command: ['mkdir', 'out'], outputs: [file('out')] });
      const away = sandbox.task('away', { command: ['sh', '-c', 'rm -r ../work'], outputs: [file('out', true)] });

      const codes = [];
      for (const task of [succeeds, fails, folder, away]) {
        codes.push((await sandbox.run(task)).code);
      }

      expect(codes).toEqual([114, 9, 114, 114]);
      expect(succeeds.end()).toMatchObject({ exitCode: 0, reason: 'output-missing', missingOutput: 3 });
      expect(fails.end()).toMatchObject({ exitCode: 9 });
      expect(fails.end()?.missingOutput).toBeUndefined();
      expect(fails.outputs()).toEqual([{ path: 'there', sha256: sha256('') }]);
      expect(folder.end()).toMatchObject({ missingOutput: 0 });
      expect(away.end()).toMatchObject({
        exitCode: 0,
        reason: 'infrastructure',
        note: expect.stringContaining('work directory gone'),
      });
    },
  );

  it.skipIf(shell.missing)(`hashes more files than fit on one command line ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', { outputs: [files('**')] });
    // 2 MiB is the most the kernel takes in one call.
    const deep = Array(18).fill('d'.repeat(200)).join('/');
    mkdirSync(`${task.work}/${deep}`, { recursive: true });
    for (let index = 0; index < 600; index += 1) {
      writeFileSync(`${task.work}/${deep}/${index}`, `${index}`);
    }

    await sandbox.run(task);

    const found = task.outputs() ?? [];
    expect(found).toHaveLength(600);
    expect(found.every(({ path, sha256: hash }) => hash === sha256(path.slice(deep.length + 1)))).toBe(true);
  });

  it.skipIf(shell.missing)(
    `names a file no tool can hash without a hash, and does without any tool ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const tools = `${sandbox.directory}/tools`;
      mkdirSync(tools);
      writeFileSync(`${tools}/sha256sum`, '#!/bin/sh\nexit 1\n');
      chmodSync(`${tools}/sha256sum`, 0o755);
      const broken = sandbox.task('broken', { outputs: [files('*')] });
      const none = sandbox.task('none', { command: ['/bin/true'], outputs: [files('*')] });
      for (const task of [broken, none]) {
        writeFileSync(`${task.work}/a`, 'a');
        writeFileSync(`${task.work}/b\nc`, 'b');
      }

      await sandbox.run(broken, { ...process.env, PATH: `${tools}:${process.env['PATH']}` });
      await sandbox.run(none, { PATH: sandbox.pathWith([shell.argv[0] ?? 'sh']) });

      for (const task of [broken, none]) {
        expect(task.end()).toMatchObject({ exitCode: 0 });
        expect(task.outputs()).toEqual(expect.arrayContaining([{ path: 'a' }, { path: 'b\nc' }]));
      }
    },
  );
});
