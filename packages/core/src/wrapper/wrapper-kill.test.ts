import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually, findWrapperShells, isAlive, Sandbox, type Task } from './wrapper-run.fixture.ts';

/** The pids a task printed, one a line. */
function pids(task: Task, count: number): readonly number[] | undefined {
  const lines = task.stdout().split('\n').slice(0, -1);
  return lines.length >= count ? lines.map(Number) : undefined;
}

describe.concurrent.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  const missing = shell.missing ?? '';

  it.skipIf(shell.missing)(
    `passes TERM on and records how the command ended ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const dies = sandbox.task('dies', { command: ['sh', '-c', 'echo $$; exec sleep 300'] });
      const saves = sandbox.task('saves', {
        command: ['sh', '-c', 'trap "echo saved; exit 7" TERM; echo $$; while :; do sleep 0.02; done'],
      });
      for (const task of [dies, saves]) {
        const { child, finished } = sandbox.start([task.argumentFile]);
        await eventually(() => pids(task, 1));

        child.kill('SIGTERM');

        expect((await finished).code).toBe(task === dies ? 143 : 7);
      }
      expect(dies.end()).toMatchObject({ signal: 15, terminated: true });
      expect(saves.end()).toMatchObject({ exitCode: 7, terminated: true });
      expect(saves.stdout()).toMatch(/\nsaved\n$/);
    },
  );

  it.skipIf(shell.missing)(
    `kills a command that ignores TERM after the grace, and all it started ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const script = `trap '' TERM
      (sleep 300 & echo $!)
      sh -c 'echo $$; timeout 300 sh -c "echo \\$\\$; sleep 300; :"; :' &
      (timeout 300 sh -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' &)
      echo $$; while :; do sleep 0.1; done`;
      const task = sandbox.task('t', { command: ['sh', '-c', script], graceSeconds: 0.3 });
      const { child, finished } = sandbox.start([task.argumentFile]);
      const all = await eventually(() => pids(task, 5));
      const at = Date.now();

      child.kill('SIGTERM');
      await finished;

      expect(Date.now() - at).toBeGreaterThanOrEqual(290);
      expect(Date.now() - at).toBeLessThan(30_000);
      expect(task.end()).toMatchObject({ signal: 9, terminated: true });
      expect(all.filter(isAlive)).toEqual([]);
    },
  );

  it.skipIf(shell.missing)(`ends all the same where no setsid is ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', {
      command: ['sh', '-c', 'sleep 300 & echo $!; (sleep 300; :) & echo $!; echo $$; wait'],
      environment: { PATH: '/bin:/usr/bin' },
    });
    const PATH = sandbox.pathWith(['sh', 'dash', 'bash', 'busybox', 'sleep', 'date', 'env']);
    const { child, finished } = sandbox.start([task.argumentFile], { PATH });
    const all = await eventually(() => pids(task, 3));

    child.kill('SIGTERM');
    await finished;

    expect(task.startRecord()?.commandLeads).toBe(shell.name.startsWith('bash'));
    expect(task.end()).toMatchObject({ signal: 15, terminated: true });
    expect(all.filter(isAlive)).toEqual([]);
  });

  it.skipIf(shell.missing)(
    `leaves the rest of the group its grace when the leader has gone ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const save = 'trap "sleep 0.8; echo saved >done; exit" TERM; echo ready; while :; do sleep 0.02; done';
      const task = sandbox.task('t', { command: ['sh', '-c', `sh -c '${save}'; :`], graceSeconds: 5 });
      const { child, finished } = sandbox.start([task.argumentFile]);
      await eventually(() => task.stdout() !== '');

      child.kill('SIGTERM');
      await finished;

      expect(existsSync(`${task.work}/done`)).toBe(true);
      expect(task.end()).toMatchObject({ signal: 15 });
    },
  );

  it.skipIf(shell.missing)(
    `enforces the time limit, whatever the command makes of it ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const dies = sandbox.task('dies', { command: ['sleep', '300'], timeLimitSeconds: 0.2 });
      const smiles = sandbox.task('smiles', {
        command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.02; done'],
        timeLimitSeconds: 0.2,
        outputs: [{ type: 'file', path: 'never', optional: false }],
      });
      const stays = sandbox.task('stays', {
        command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
        timeLimitSeconds: 0.1,
        graceSeconds: 0.2,
      });
      const quick = sandbox.task('quick', { command: ['true'], timeLimitSeconds: 300 });
      const at = Date.now();

      const codes = await Promise.all(
        [dies, smiles, stays, quick].map((task) => sandbox.run(task).then(({ code }) => code)),
      );

      expect(codes).toEqual([143, 114, 137, 0]);
      expect(Date.now() - at).toBeLessThan(30_000);
      expect(dies.end()).toMatchObject({ signal: 15, reason: 'time-limit' });
      expect(smiles.end()).toMatchObject({ exitCode: 0, reason: 'time-limit' });
      expect(smiles.end()?.missingOutput).toBeUndefined();
      expect(stays.end()).toMatchObject({ signal: 9, reason: 'time-limit' });
      expect(quick.end()?.reason).toBeUndefined();
    },
  );

  it.skipIf(shell.missing)(
    `ends what a finished command left running, but lets it finish writing ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const leftover = sandbox.task('leftover', { command: ['sh', '-c', 'sleep 300 & echo $!'] });
      const writer = sandbox.task('writer', { command: ['sh', '-c', '(sleep 0.6; echo last line) & exit 3'] });
      const at = Date.now();

      await Promise.all([sandbox.run(leftover), sandbox.run(writer)]);

      expect(pids(leftover, 1)?.filter(isAlive)).toEqual([]);
      expect(leftover.end()).toMatchObject({ exitCode: 0 });
      expect(writer.stdout()).toBe('last line\n');
      expect(writer.end()).toMatchObject({ exitCode: 3 });
      expect(Date.now() - at).toBeLessThan(30_000);
    },
  );

  it.skipIf(shell.missing)(
    `tells the command's status from the signals that woke it up ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const isBash = shell.name.startsWith('bash');
      const tasks = Array.from({ length: 25 }, (_, index) =>
        sandbox.task(`t${index}`, { command: ['sh', '-c', `sleep 0.0${index % 6}; exit ${index + 3}`] }),
      );
      const { child, finished } = sandbox.start(['--many']);
      child.stdout?.resume();
      child.stdin?.end(tasks.map(({ argumentFile }) => `${argumentFile}\n`).join(''));
      await eventually(() => tasks[0]?.startRecord());
      const storm = setInterval(
        () => child.kill((['SIGHUP', 'SIGALRM', 'SIGQUIT'] as const)[Date.now() % 3]),
        isBash ? 8 : 1,
      );

      await finished.finally(() => clearInterval(storm));

      const ends = tasks.map((task) => task.end());
      const wrong = ends.filter((end, index) => end?.exitCode !== index + 3);
      if (isBash) {
        // bash can lose the status of a child that ends as a signal comes: then there is none, never another one.
        expect(wrong.filter((end) => end?.exitCode !== undefined)).toEqual([]);
        expect(wrong.length).toBeLessThan(15);
      } else {
        expect(wrong).toEqual([]);
      }
    },
  );

  it.skipIf(shell.missing)(`passes USR1 on and outlives HUP ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', {
      command: ['sh', '-c', 'trap "echo checkpoint; exit 4" USR1; echo ready; while :; do sleep 0.02; done'],
    });
    const { child, finished } = sandbox.start([task.argumentFile]);
    await eventually(() => task.stdout() !== '');

    child.kill('SIGHUP');
    child.kill('SIGUSR1');

    expect((await finished).code).toBe(4);
    expect(task.stdout()).toBe('ready\ncheckpoint\n');
  });

  it.skipIf(shell.missing)(
    `with --many, takes TERM for the task that has a stop record, else for all ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const sleeper = ['sh', '-c', 'echo $$; exec sleep 300'];
      const stopped = sandbox.task('stopped', { command: sleeper });
      const never = sandbox.task('never', { command: ['touch', 'ran'] });
      const next = sandbox.task('next', { command: sleeper });
      const last = sandbox.task('last', { command: ['touch', 'ran'] });
      writeFileSync(`${never.folder}/stop`, '');
      const { child, finished } = sandbox.start(['--many']);
      child.stdout?.resume();
      child.stdin?.write([stopped, never, next, last].map(({ argumentFile }) => `${argumentFile}\n`).join(''));

      await eventually(() => pids(stopped, 1));
      writeFileSync(`${stopped.folder}/stop`, '');
      child.kill('SIGTERM');
      await eventually(() => pids(next, 1));
      child.kill('SIGTERM');
      const { code } = await finished;

      expect(code).toBe(0);
      expect([stopped.end(), never.end(), next.end()]).toEqual(
        Array(3).fill(expect.objectContaining({ signal: 15, terminated: true })),
      );
      expect(never.startRecord()).toBeUndefined();
      expect(last.files()).toEqual([]);
    },
  );

  it.skipIf(shell.missing)(
    `with --many, forgives a TERM that came too late for the task before ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const first = sandbox.task('first', { command: ['true'] });
      const second = sandbox.task('second', { command: ['sh', '-c', 'echo ready; sleep 0.3; exit 6'] });
      const { child, finished } = sandbox.start(['--many']);
      child.stdout?.resume();
      child.stdin?.write(`${first.argumentFile}\n`);
      await eventually(() => first.end());
      writeFileSync(`${first.folder}/stop`, '');

      child.kill('SIGTERM');
      child.stdin?.write(`${second.argumentFile}\n`);
      await eventually(() => second.stdout() !== '');
      child.kill('SIGTERM');
      child.stdin?.end();
      await finished;

      expect(second.end()).toMatchObject({ exitCode: 6 });
    },
  );
});
