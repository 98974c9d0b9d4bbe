import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'your-first-job-'));
});
afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

describe('basic.ts', () => {
  it('counts the bases of the orchids, and shows the table with its checksum', async () => {
    const { code, stdout, stderr } = await run('basic.ts');

    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [summary, checksum, header, first] = stdout.split('\n');
    expect(summary).toBe('6 sequences, 4436 bases, 51.9 % of them G or C');
    expect(checksum).toMatch(/^The table has 183 bytes, SHA-256 [0-9a-f]{64}:$/);
    expect(header).toBe('id,length,gc,richest');
    // Both numbers are those of the record in GenBank.
    expect(first).toMatch(/^Z78533\.1,740,0\.5959,/);
  });
});

describe('window-sweep.ts', () => {
  it('gives one result per window, each from its own arguments', async () => {
    const { code, stdout, stderr } = await run('window-sweep.ts');

    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.at(-1)).toBe('The sweep succeeded.');
    // In the order they ended, which is nobody's to say.
    expect(lines.slice(0, -1).sort()).toEqual([
      'window 100: up to 69.0 % G or C',
      'window 200: up to 65.5 % G or C',
      'window 25: up to 84.0 % G or C',
      'window 50: up to 72.0 % G or C',
    ]);
  });
});

describe('live-logs.ts', () => {
  it('shows every line once, in order, and then how the job ended', async () => {
    const { code, stdout, stderr } = await run('live-logs.ts');

    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, -1).map((line) => line.split(' shuffles')[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => `stdout | ${2_000 * (index + 1)} of 20000`),
    );
    expect(lines.at(-1)).toMatch(/^The job succeeded after \d+\.\d s\.$/);
  });
});

describe('submit-and-leave.ts and come-back.ts', () => {
  it('find the job again in another process, by its ref', async () => {
    const left = await run('submit-and-leave.ts');
    expect(left.stderr).toBe('');
    expect(left.stdout).toMatch(/^scijob:job:1:[A-Za-z0-9_-]+\n$/);

    const back = await run('come-back.ts', left.stdout.trim());

    expect(back.stderr).toBe('');
    expect(back.code).toBe(0);
    const [state, result] = back.stdout.split('\n');
    expect(state).toMatch(/^It is (queued|starting|running|finalizing|succeeded)\.$/);
    expect(result).toBe('244 CG pairs where chance gives 297: p = 0.00005');
  });

  it('say what is wrong with a ref that is none', async () => {
    const { code, stderr } = await run('come-back.ts', 'scijob:job:1:nonsense');

    expect(code).toBe(1);
    expect(stderr).toContain('InvalidRefError: This ref is damaged');
  });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file of this folder as its reader runs it, but for the place where jobs are kept. */
async function run(file: string, ...given: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [file, ...given], {
    cwd: import.meta.dirname,
    env: { ...process.env, SCIJOB_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, stdout, stderr };
}
