import { describe, expect, it } from 'vitest';
import type { EndRecord } from './end-record.ts';
import { toEndStatus } from './to-end-status.ts';
import type { WrapperOutput } from './wrapper-task.ts';

const END: EndRecord = { attempt: '1.0', startedAt: new Date(1000), endedAt: new Date(2000) };
const OUTPUTS: readonly WrapperOutput[] = [
  { type: 'file', path: 'a.csv', optional: false },
  { type: 'files', path: '*.svg', optional: false },
];
const STOP = { reason: 'cancelled-by-user', message: 'enough seen', at: new Date(1500) } as const;

function status(end: Partial<EndRecord>, stop?: Parameters<typeof toEndStatus>[1]['stop']) {
  return toEndStatus({ ...END, ...end }, { outputs: OUTPUTS, ...(stop ? { stop } : {}) });
}

describe('the status of a task that ended', () => {
  it('is a success only when the command exited with 0 and nothing is missing', () => {
    expect(status({ exitCode: 0 })).toEqual({ state: 'succeeded', attempt: '1.0', at: new Date(2000), exitCode: 0 });
    expect(status({ exitCode: 0 }, STOP)).toMatchObject({ state: 'succeeded' });
    for (const end of [
      {},
      { exitCode: 1 },
      { signal: 1 },
      { exitCode: 0, missingOutput: 0 },
      { exitCode: 0, reason: 'unknown' },
      { refused: true },
    ] as const) {
      expect(status(end)).toMatchObject({ state: 'failed' });
    }
  });

  it('says the exit code, or names the signal', () => {
    expect(status({ exitCode: 7 })).toMatchObject({
      reason: 'exit-nonzero',
      exitCode: 7,
      message: 'The command exited with 7.',
    });
    expect(status({ signal: 11 })).toMatchObject({
      reason: 'exit-nonzero',
      message: expect.stringContaining('killed by SIGSEGV (or exited with 139'),
    });
    expect(status({ signal: 6 })).toMatchObject({ message: expect.stringContaining('SIGABRT') });
    expect(status({ signal: 9 })).toMatchObject({ reason: 'unknown', message: expect.stringContaining('SIGKILL') });
    expect(status({ signal: 15, terminated: true })).toMatchObject({
      message: expect.stringContaining('who sent it is not recorded'),
    });
    expect(status({ signal: 9 })).not.toHaveProperty('exitCode');
  });

  it('believes whoever stopped it, when it did not end well', () => {
    expect(status({ signal: 15, terminated: true }, STOP)).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled-by-user',
      message: 'enough seen',
    });
    expect(status({ exitCode: 3 }, { ...STOP, reason: 'out-of-memory', message: '5 GiB' })).toMatchObject({
      state: 'failed',
      reason: 'out-of-memory',
      message: '5 GiB',
      exitCode: 3,
    });
    expect(status({ exitCode: 0, missingOutput: 0, reason: 'output-missing' }, STOP)).toMatchObject({
      state: 'cancelled',
    });
    expect(status({ reason: 'unknown', note: 'lost' }, STOP)).toMatchObject({ state: 'cancelled' });
  });

  it('knows the time limit, whatever the command made of it', () => {
    expect(status({ exitCode: 0, reason: 'time-limit' })).toMatchObject({
      state: 'failed',
      reason: 'time-limit',
      message: expect.stringContaining('exit code 0'),
    });
    expect(status({ signal: 15, reason: 'time-limit' })).toMatchObject({ message: expect.stringContaining('SIGTERM') });
  });

  it('names the output that is missing', () => {
    const missing = { exitCode: 0, reason: 'output-missing' } as const;
    expect(status({ ...missing, missingOutput: 0 })).toMatchObject({
      reason: 'output-missing',
      message: expect.stringContaining('there is no file at the required output "a.csv"'),
    });
    expect(status({ ...missing, missingOutput: 1 })).toMatchObject({
      message: expect.stringContaining('no file matches the required output "*.svg"'),
    });
    expect(status({ ...missing, missingOutput: 9 })).toMatchObject({ message: expect.stringContaining('number 9') });
  });

  it('tells a missing command from one that exits with 127', () => {
    expect(status({ exitCode: 127, reason: 'misconfigured', note: 'command not found: "x"' })).toMatchObject({
      reason: 'misconfigured',
      message: 'command not found: "x"',
    });
    expect(status({ exitCode: 127 })).toMatchObject({ reason: 'exit-nonzero' });
  });

  it("carries the backend's word", () => {
    expect(toEndStatus({ ...END, exitCode: 0 }, { outputs: [], nativeWord: 'COMPLETED' })).toMatchObject({
      raw: 'COMPLETED',
    });
  });
});
