import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { bootId, isAlive, parseProcessStat, readProcessStat, thisProcess } from './process-identity.ts';

it('reads a process whose name holds parentheses, spaces and line ends', () => {
  const tail = ['S', 1, 2, 3, ...Array(15).fill(0), 777, 0, 42].join(' ');

  expect(parseProcessStat(`12 (a) b\n) S (x) ${tail}`)).toMatchObject({
    pid: 12,
    parentPid: 1,
    groupId: 2,
    sessionId: 3,
    startTime: '777',
    residentPages: 42,
  });
  expect(parseProcessStat('12 (a')).toBeUndefined();
});

it('knows a process by boot, pid and start time together', async () => {
  const me = thisProcess();
  const child = spawn('sleep', ['30']);
  const pid = child.pid ?? 0;
  const identity = { bootId: bootId(), pid, startTime: readProcessStat(pid)?.startTime ?? '' };

  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, startTime: '1' })).toBe(false);
  expect(isAlive({ ...me, bootId: 'another' })).toBe(false);
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('exit', resolve));
  expect(isAlive(identity)).toBe(false);
});
