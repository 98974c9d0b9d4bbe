import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { aJob } from './job.fixture.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { toLauncher } from './to-launcher.ts';
import { toTaskCommand } from './to-task-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'scijob-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const paths = { script: '/part/script', secrets: join(folder, 'secrets') };

it('puts niceness before the launcher and the launcher before the program', () => {
  const job = aJob({ native: { nice: 5 } });

  expect(toTaskCommand({ job, launcher: ['mpirun', '-n', '2'] }, undefined, paths)).toEqual([
    'nice',
    '-n',
    '5',
    'mpirun',
    '-n',
    '2',
    'true',
  ]);
});

it('lets an item bring its own command', () => {
  expect(toTaskCommand({ job: aJob(), launcher: [] }, { command: ['echo', '1'] }, paths)).toEqual(['echo', '1']);
});

it('hands secrets over by a file, whatever they and the arguments hold', () => {
  const value = `a'b"c$d\`e\\f\n g;h`;
  writeFileSync(paths.secrets, `export TOKEN=${quoteForShell(value)}\n`);
  const words = ['printf', '%s|%s', `it's`, '$HOME'];
  const argv = toTaskCommand({ job: aJob({ secrets: { TOKEN: 'env:X' } }), launcher: [] }, { command: words }, paths);
  const seen = toTaskCommand(
    { job: aJob({ secrets: { TOKEN: 'env:X' } }), launcher: [] },
    { command: ['printenv', 'TOKEN'] },
    paths,
  );

  expect(execFileSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8' })).toBe(`it's|$HOME`);
  expect(execFileSync(seen[0] ?? '', seen.slice(1), { encoding: 'utf8' })).toBe(`${value}\n`);
  expect(argv.join(' ')).not.toContain(value);
});

it('asks Open MPI to leave the counting and binding of cores to the pool, and others for nothing special', () => {
  const version = 'mpirun (Open MPI) 4.1.4';

  expect(toLauncher({ processes: 4, version, asRoot: true })).toEqual([
    'mpirun',
    '--allow-run-as-root',
    '--oversubscribe',
    '--bind-to',
    'none',
    '-n',
    '4',
  ]);
  expect(toLauncher({ processes: 4, version: 'HYDRA build details', asRoot: true })).toEqual(['mpirun', '-n', '4']);
});
