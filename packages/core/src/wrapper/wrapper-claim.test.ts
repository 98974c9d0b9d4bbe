import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FENCED, parseClaimRecord, toFence } from './claim-record.ts';
import { eventually, findWrapperShells, isAlive, killCommand, Sandbox } from './wrapper-run.fixture.ts';
import { REFUSED_EXIT_CODE } from './wrapper-text.ts';

describe.each(findWrapperShells())('in $name', { timeout: 60_000 }, (shell) => {
  const missing = shell.missing ?? '';

  it.skipIf(shell.missing)(`lets exactly one of six native jobs run a task ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    for (const round of [1, 2, 3]) {
      const ran = `${sandbox.directory}/ran.${round}`;
      const folder = sandbox.task(`race${round}`, {}).folder;
      const rivals = Array.from({ length: 6 }, (_, index) =>
        sandbox.task(`race${round}-${index}`, {
          folder,
          nativeId: `${index}`,
          command: ['sh', '-c', `echo ${index} >>"${ran}"`],
        }),
      );

      const codes = (await Promise.all(rivals.map((rival) => sandbox.run(rival)))).map(({ code }) => code);

      const claim = parseClaimRecord(readFileSync(`${folder}/claim`, 'utf8'));
      expect(codes.toSorted()).toEqual([0, ...Array(5).fill(REFUSED_EXIT_CODE)]);
      expect(readFileSync(ran, 'utf8')).toBe(`${claim?.nativeId}\n`);
      expect(codes[Number(claim?.nativeId)]).toBe(0);
    }
  });

  it.skipIf(shell.missing)(`runs and writes nothing behind a fence ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', { command: ['touch', 'ran'] });
    writeFileSync(`${task.folder}/claim`, toFence(), { flag: 'wx' });

    const { code } = await sandbox.run(task);

    expect(code).toBe(REFUSED_EXIT_CODE);
    expect(task.files()).toEqual(['claim']);
    expect(existsSync(`${task.work}/ran`)).toBe(false);
    expect(parseClaimRecord(task.text('claim'))).toMatchObject({ nativeId: FENCED });
  });

  it.skipIf(shell.missing)(`refuses a claim it cannot read to its end ${missing}`, async ({ onTestFinished }) => {
    const sandbox = new Sandbox(shell, onTestFinished);
    const task = sandbox.task('t', { command: ['touch', 'ran'], nativeId: 'n' });
    writeFileSync(`${task.folder}/claim`, 'native n\nboot');

    expect((await sandbox.run(task)).code).toBe(REFUSED_EXIT_CODE);
    expect(existsSync(`${task.work}/ran`)).toBe(false);
  });

  it.skipIf(shell.missing)(
    `says who it is, in records this machine confirms ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', { command: ['sh', '-c', 'cat /proc/$$/stat; sleep 0.2'], nativeId: 'native 7' });
      const before = Date.now();

      const { child, finished } = sandbox.start([task.argumentFile]);
      await finished;

      const start = task.startRecord();
      const [pid, , , , group] = task.stdout().split(' ');
      const birth = task.stdout().slice(task.stdout().lastIndexOf(')')).split(' ')[20];
      expect(parseClaimRecord(task.text('claim'))).toEqual({ nativeId: 'native 7', process: start?.process });
      expect(start?.process.pid).toBe(child.pid);
      expect(start?.process.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
      expect({ pid: start?.commandPid, group: start?.commandPid, birth: start?.commandStartTime }).toEqual({
        pid: Number(pid),
        group: Number(group),
        birth,
      });
      expect(start?.commandLeads).toBe(true);
      expect(Math.abs((start?.startedAt.getTime() ?? 0) - before)).toBeLessThan(1_500);
      expect(start?.host).toBe(readFileSync('/proc/sys/kernel/hostname', 'utf8').trim());
    },
  );

  it.skipIf(shell.missing)(
    `lets the same native job start again when the first is gone, and only then ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const first = sandbox.task('t', { command: [`${sandbox.directory}/x) R 1 (\ny) Z`, '300'], nativeId: 'n' });
      const second = sandbox.task('u', {
        folder: first.folder,
        nativeId: 'n',
        attempt: '1.1',
        command: ['echo', 'second'],
      });
      // Its name is in the line its start time is read from.
      copyFileSync('/bin/sleep', `${sandbox.directory}/x) R 1 (\ny) Z`);
      const { child, finished } = sandbox.start([first.argumentFile]);
      const start = await eventually(() => first.startRecord());

      const whileItRuns = await sandbox.run(second);
      child.kill('SIGKILL');
      await finished;
      const whileItsCommandRuns = await sandbox.run(second);
      killCommand(start.commandPid);
      await eventually(() => !isAlive(start.commandPid));
      const afterwards = await sandbox.run(second);
      const onceMore = await sandbox.run(second);

      expect([whileItRuns, whileItsCommandRuns, afterwards, onceMore].map(({ code }) => code)).toEqual([
        113, 113, 0, 113,
      ]);
      expect(second.stdout()).toBe('second\n');
      expect(second.end()).toMatchObject({ attempt: '1.1', exitCode: 0 });
    },
  );

  it.skipIf(shell.missing)(
    `leaves no end record behind when it is killed itself ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', { command: ['sleep', '300'] });
      const { child, finished } = sandbox.start([task.argumentFile]);
      const start = await eventually(() => task.startRecord());

      child.kill('SIGKILL');
      await finished;

      expect(task.files()).toEqual(['claim', 'start', 'stderr.1.0', 'stdout.1.0']);
      expect(isAlive(start.process.pid)).toBe(false);
      expect(isAlive(start.commandPid)).toBe(true);
      killCommand(start.commandPid);
    },
  );

  it.skipIf(shell.missing)(
    `runs nothing by an argument file that is cut short ${missing}`,
    async ({ onTestFinished }) => {
      const sandbox = new Sandbox(shell, onTestFinished);
      const task = sandbox.task('t', { command: ['touch', 'ran'] });
      const text = readFileSync(task.argumentFile, 'utf8');
      for (const length of [0, 40, text.indexOf('sj_outputs'), text.length - 3]) {
        writeFileSync(task.argumentFile, text.slice(0, length));

        expect((await sandbox.run(task)).code).not.toBe(0);
      }
      expect(task.files()).toEqual([]);
      expect(existsSync(`${task.work}/ran`)).toBe(false);
    },
  );
});
