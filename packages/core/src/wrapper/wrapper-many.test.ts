import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFence } from './claim-record.ts';
import { eventually, findWrapperShells, isAlive, Sandbox } from './wrapper-run.fixture.ts';

describe.concurrent.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  const missing = shell.missing ?? '';

  it.skipIf(shell.missing)(`lets nothing of one task reach the next ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const show = ['sh', '-c', 'env | grep -c "^LEAK\\|^SCIJOB_INDEX"; pwd; echo "PATH $PATH"; umask'];
    const first = sandbox.task('first', {
      command: ['sh', '-c', 'umask 0; cd /; exit 3'],
      environment: { LEAK: '1', SCIJOB_INDEX: '1', PATH: '/bin:/usr/bin:/leak', 'a.b': '1' },
      unset: ['HOME'],
      timeLimitSeconds: 100,
      outputs: [{ type: 'file', path: 'x', optional: true }],
      memoryPeakFile: '/proc/sys/kernel/pid_max',
    });
    const second = sandbox.task('second', { command: show });

    await sandbox.runMany([first, second]);

    expect(first.end()).toMatchObject({ exitCode: 3, peakMemoryBytes: expect.any(Number) });
    expect(second.stdout().split('\n').slice(0, 3)).toEqual(['0', second.work, `PATH ${process.env['PATH']}`]);
    expect(second.end()).toMatchObject({ exitCode: 0 });
    expect(second.end()?.peakMemoryBytes).toBeUndefined();
    expect(second.files()).toEqual(['claim', 'end', 'start', 'stderr.1.0', 'stdout.1.0']);
  });

  it.skipIf(shell.missing)(
    `goes on after a task it may not run, cannot read or cannot find ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const fenced = sandbox.task('fenced', {});
      const gone = sandbox.task('gone', {});
      const torn = sandbox.task('torn', {});
      const folderless = sandbox.task('folderless', {});
      const last = sandbox.task('last', { command: ['sh', '-c', 'exit 4'] });
      writeFileSync(`${fenced.folder}/claim`, toFence());
      rmSync(gone.argumentFile);
      writeFileSync(torn.argumentFile, 'sj_version=1\n');
      rmSync(folderless.folder, { recursive: true });
      const all = [fenced, gone, torn, folderless, last];

      const { lines, code } = await sandbox.runMany(all);

      expect(lines).toEqual(all.map(({ argumentFile }) => argumentFile));
      expect(code).toBe(0);
      expect(last.end()).toMatchObject({ exitCode: 4 });
      expect([fenced.files(), gone.files(), torn.files()]).toEqual([['claim'], [], []]);
      expect(existsSync(folderless.folder)).toBe(false);
    },
  );

  it.skipIf(shell.missing)(
    `finishes the task it has when its runner is gone, and then ends ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', { command: ['sh', '-c', 'echo ready; sleep 0.2; exit 8'] });
      const { child, finished } = sandbox.start(['--many']);
      child.stdin?.write(`${task.argumentFile}\n`);
      await eventually(() => task.stdout() !== '');

      child.stdin?.destroy();
      child.stdout?.destroy();
      await finished;

      expect(task.end()).toMatchObject({ exitCode: 8 });
      expect(isAlive(child.pid ?? 0)).toBe(false);
    },
  );

  it.skipIf(shell.missing)(
    `runs plain ranks, each with its number and its logs ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', {
        command: ['sh', '-c', 'echo "rank $SCIJOB_RANK of $SCIJOB_RANK_COUNT $A"; echo error >&2'],
        environment: { A: "it's", SCIJOB_RANK: 'of the user' },
        ranks: 3,
      });

      const { code } = await sandbox.run(task, { ...process.env, SCIJOB_RANK: 'of the job around' });

      expect(code).toBe(0);
      expect([0, 1, 2].map((rank) => task.text(`stdout.1.0.${rank}`) + task.text(`stderr.1.0.${rank}`))).toEqual(
        [0, 1, 2].map((rank) => `rank ${rank} of 3 it's\nerror\n`),
      );
      expect(task.end()).toMatchObject({ exitCode: 0 });
    },
  );

  it.skipIf(shell.missing)(
    `ends the other ranks, with their grace, when one fails ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const script = `case $SCIJOB_RANK in 1) sleep 0.1; exit 5;; 2) trap 'echo saved; exit 0' TERM;; 3) trap '' TERM;; esac
      echo $$; while :; do sleep 0.02; done`;
      const task = sandbox.task('t', { command: ['sh', '-c', script], ranks: 4, graceSeconds: 0.4 });

      const { code } = await sandbox.run(task);

      expect(code).toBe(5);
      expect(task.end()).toMatchObject({ exitCode: 5 });
      expect(task.text('stdout.1.0.2')).toMatch(/\nsaved\n$/);
      const pids = [0, 2, 3].map((rank) => Number.parseInt(task.text(`stdout.1.0.${rank}`), 10));
      expect(pids.filter(Number.isNaN)).toEqual([]);
      expect(pids.filter(isAlive)).toEqual([]);
    },
  );

  it.skipIf(shell.missing)(`cancels all ranks ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', { command: ['sh', '-c', 'echo $$; exec sleep 300'], ranks: 2 });
    const { child, finished } = sandbox.start([task.argumentFile]);
    const pids = await eventually(() => {
      const seen = [0, 1].map((rank) => Number.parseInt(task.text(`stdout.1.0.${rank}`), 10));
      return seen.every((pid) => pid > 0) && seen;
    });

    child.kill('SIGTERM');
    await finished;

    expect(task.end()).toMatchObject({ signal: 15, terminated: true });
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
