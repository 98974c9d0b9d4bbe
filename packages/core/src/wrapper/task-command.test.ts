import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toArgumentFile } from './to-argument-file.ts';

describe('the command of a task', () => {
  it('runs nothing when its directory went away in that very moment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scijob-command-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const marker = join(folder, 'ran');
    const runIn = (workDirectory: string) => {
      const task = { folder, nativeId: '1', attempt: '1.0', environment: {}, graceSeconds: 5, outputs: [] } as const;
      writeFileSync(join(folder, 'args'), toArgumentFile({ ...task, workDirectory, command: ['touch', marker] }));
      return spawnSync('sh', ['-c', '. "$1"; shift; sj_command', 'sh', join(folder, 'args')]).status;
    };

    // The wrapper has looked for the directory before; this is what happens behind that look.
    expect(runIn(join(folder, 'gone'))).toBe(126);
    expect(existsSync(marker)).toBe(false);

    expect(runIn(folder)).toBe(0);
    expect(existsSync(marker)).toBe(true);
  });
});
