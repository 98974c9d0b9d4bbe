import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findWrapperShells, Sandbox } from './wrapper-run.fixture.ts';

/** 128 + n of a signal that ends a process: what a shell cannot tell from an exit code. */
function isSignalStatus(status: number): boolean {
  const signal = status - 128;
  return (signal >= 1 && signal <= 16) || (signal >= 24 && signal <= 27) || (signal >= 29 && signal <= 31);
}

describe.concurrent.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  const missing = shell.missing ?? '';

  it.skipIf(shell.missing)(`records every exit code from 0 to 255 ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    // All of them in one shell; in the others those around every limit.
    const codes = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => shell.name === 'dash' || (code > 124 && code < 162) || code % 51 === 0,
    );
    const tasks = codes.map((code) => sandbox.task(`exit${code}`, { command: ['sh', '-c', `exit ${code}`] }));

    const { lines } = await sandbox.runMany(tasks);

    expect(lines).toEqual(tasks.map(({ argumentFile }) => argumentFile));
    const seen = tasks.map((task) => task.end()).map((end) => end?.exitCode ?? { signal: end?.signal });
    expect(seen).toEqual(codes.map((code) => (isSignalStatus(code) ? { signal: code - 128 } : code)));
  });

  it.skipIf(shell.missing)(`records the signal that ended the command ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const signals = { KILL: 9, TERM: 15, SEGV: 11, ABRT: 6, USR1: 10, INT: 2, XCPU: 24 };
    // bash -c, for it sends the signal to itself; INT and QUIT may be ignored from the start.
    const tasks = Object.entries(signals).map(([name, number]) => ({
      number,
      task: sandbox.task(name, { command: ['perl', '-e', `$SIG{${name}} = 'DEFAULT'; kill '${name}', $$; sleep 9`] }),
    }));

    await sandbox.runMany(tasks.map(({ task }) => task));

    expect(tasks.map(({ task }) => task.end()?.signal)).toEqual(tasks.map(({ number }) => number));
    expect(tasks.map(({ task }) => task.end()?.exitCode)).toEqual(tasks.map(() => undefined));
  });

  it.skipIf(shell.missing)(
    `tells a command that is not there from one that exits with 127 itself ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      writeFileSync(`${sandbox.directory}/plain`, 'echo never');
      const absent = sandbox.task('absent', { command: ['no-such\nprogram', 'x'] });
      const elsewhere = sandbox.task('path', { command: ['cat'], environment: { PATH: '/nowhere:/tmp/nowhere' } });
      const keyword = sandbox.task('keyword', { command: ['if'] });
      const plain = sandbox.task('not-executable', { command: [`${sandbox.directory}/plain`] });
      const folder = sandbox.task('folder', { command: ['/tmp'] });
      const itself = sandbox.task('itself', { command: ['sh', '-c', 'exit 127'] });
      const gone = sandbox.task('gone', { workDirectory: '/nowhere/at all' });

      await sandbox.runMany([absent, elsewhere, keyword, plain, folder, itself, gone]);

      const misconfigured = { reason: 'misconfigured' };
      expect(absent.end()).toMatchObject({
        ...misconfigured,
        exitCode: 127,
        note: 'command not found: "no-such\\nprogram"',
      });
      expect(absent.stderr()).toContain('command not found');
      expect(elsewhere.end()).toMatchObject({ ...misconfigured, note: 'command not found: "cat"' });
      expect(keyword.end()).toMatchObject({ ...misconfigured, note: 'command not found: "if"' });
      expect(plain.end()).toMatchObject({
        ...misconfigured,
        exitCode: 126,
        note: expect.stringContaining('command not executable: '),
      });
      expect(folder.end()).toMatchObject({ ...misconfigured, exitCode: 127 });
      expect(itself.end()).toMatchObject({ exitCode: 127 });
      expect(itself.end()?.reason).toBeUndefined();
      expect(gone.end()).toMatchObject({ ...misconfigured, note: expect.stringContaining('work directory missing') });
      expect(absent.startRecord()).toBeUndefined();
    },
  );

  it.skipIf(shell.missing)(
    `finds a command beside the job and in its own PATH ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const beside = sandbox.task('beside', { command: ['./-run me'] });
      const inPath = sandbox.task('path', {
        command: ['-run me'],
        environment: { PATH: `/nowhere:${beside.work}:/bin:/usr/bin` },
      });
      const here = sandbox.task('here', {
        command: ['-run me'],
        environment: { PATH: '' },
        workDirectory: beside.work,
      });
      writeFileSync(`${beside.work}/-run me`, '#!/bin/sh\necho "ran $#"\n');
      chmodSync(`${beside.work}/-run me`, 0o755);

      await sandbox.runMany([beside, inPath, here]);

      expect([beside.stdout(), inPath.stdout(), here.stdout()]).toEqual(['ran 0\n', 'ran 0\n', 'ran 0\n']);
    },
  );

  it.skipIf(shell.missing)(
    `waits for a command that closes its streams, with nothing on stdin ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', { command: ['sh', '-c', 'cat; exec <&- >&- 2>&-; sleep 0.2; exit 5'] });

      const { code } = await sandbox.run(task);

      expect(code).toBe(5);
      expect(task.end()).toMatchObject({ exitCode: 5 });
      const { startedAt, endedAt } = task.end() ?? {};
      expect(Number(endedAt) - Number(startedAt)).toBeGreaterThanOrEqual(190);
    },
  );

  it.skipIf(shell.missing)(
    `gives the command default signals where it can, its umask, and no file of the wrapper's ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const status = sandbox.task('status', { command: ['cat', '/proc/self/status'] });
      const files = sandbox.task('files', { command: ['ls', '/proc/self/fd'] });

      await sandbox.runMany([status, files]);

      const own = execFileSync('sh', ['-c', 'umask; exec ls /proc/self/fd'], { encoding: 'utf8' });
      const umask = /^Umask:\s*(\d+)/m.exec(status.stdout())?.[1];
      expect(`${umask}\n${files.stdout()}`).toBe(own);
      // A background process of dash and busybox has INT and QUIT ignored for good: the limit is documented.
      expect(status.stdout()).toMatch(shell.name.startsWith('bash') ? /SigIgn:\s*0+\n/ : /SigIgn:\s*0+[06]\n/);
      expect(status.stdout()).toMatch(/SigBlk:\s*0+\n/);
    },
  );

  it.skipIf(shell.missing)(
    `counts CPU seconds task by task, and the peak of the cgroup ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const memoryPeakFile = `${sandbox.directory}/memory.peak`;
      writeFileSync(memoryPeakFile, '123456789\n');
      const burn = [
        'perl',
        '-e',
        'my ($u, $s) = (0, 0); while ($u + $s < 0.25) { for (1 .. 20000) {} ($u, $s) = times }',
      ];
      const busy = sandbox.task('busy', { command: burn, memoryPeakFile });
      const idle = sandbox.task('idle', { command: ['true'], memoryPeakFile: '/nowhere' });
      const later = sandbox.task('later', { command: burn, outputs: [{ type: 'file', path: 'none', optional: true }] });

      await sandbox.runMany([busy, idle, later]);

      for (const { end } of [{ end: busy.end() }, { end: later.end() }]) {
        expect(end?.cpuSeconds).toBeGreaterThanOrEqual(0.2);
        expect(end?.cpuSeconds).toBeLessThan(0.45);
      }
      expect(idle.end()?.cpuSeconds).toBeLessThan(0.1);
      expect(busy.end()?.peakMemoryBytes).toBe(123_456_789);
      expect(idle.end()?.peakMemoryBytes).toBeUndefined();
    },
  );
});
