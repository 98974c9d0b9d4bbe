import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { afterEach, describe, expect, it } from 'vitest';
import { seeded } from './seeded.fixture.ts';

const program = fileURLToPath(new URL('screening-process.fixture.ts', import.meta.url));
const homes: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true, maxRetries: 10 });
});

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'scijob-journey-'));
  homes.push(home);
  return home;
}

function start(...argv: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function ranTasks(home: string): Promise<readonly string[]> {
  return (await readFile(join(home, 'ran'), 'utf8').catch(() => '')).split('\n').filter(Boolean).sort();
}

describe('a screening, whatever becomes of its process', () => {
  it('goes on without it, and another process attaches to it and reads all of it', async () => {
    const home = await makeHome();
    const first = start(home, 'screen', '6', '0.5');
    await expect.poll(first.output, { timeout: 15_000 }).toContain('scijob:array:');
    first.child.kill('SIGKILL');
    await first.ended;

    await using client = createClient({
      adapters: { other: createLocal({ directory: join(home, 'local') }) },
      ledger: home,
    });
    const sweep = await client.attach(first.output().trim().split('\n')[0] ?? '');
    if (sweep.shape !== 'array') throw new Error('an array was submitted');
    const children = await sweep.results().toArray();

    expect(children.map(({ state }) => state)).toEqual(Array(6).fill('succeeded'));
    expect(children.map(({ item }) => item).sort()).toEqual(Array.from({ length: 6 }, (_, index) => `ligand ${index}`));
    expect(await ranTasks(home)).toEqual(['0', '1', '2', '3', '4', '5']);
    const lines = await sweep.logs().toArray();
    expect(lines.map(({ text }) => text).sort()).toEqual(
      Array.from({ length: 6 }, (_, index) => `docking "ligand ${index}"`),
    );
  }, 60_000);

  it('loses and doubles nothing wherever it is killed, when it is run again with the same key', async () => {
    const seed = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
    const trials = Number(process.env['SCIJOB_TEST_KILLS'] ?? 8);
    console.log(`seed ${seed}, ${trials} kills (SCIJOB_TEST_SEED, SCIJOB_TEST_KILLS)`);
    const random = seeded(seed);
    const home = await makeHome();
    for (let trial = 0; trial < trials; trial += 1) {
      const { child, ended } = start(home, `screen ${trial >> 2}`, '4', '0.1');
      // From before the ledger is opened to after the last task has ended.
      await new Promise((resolve) => setTimeout(resolve, 60 + random() * 600));
      child.kill('SIGKILL');
      await ended;
    }
    const screens = Math.ceil(trials / 4);
    for (let screen = 0; screen < screens; screen += 1) {
      const last = start(home, `screen ${screen}`, '4', '0.1');
      expect(await last.ended, last.output()).toBe(0);
      expect(last.output()).toContain('energies 0 -1 -2 -3');
    }
    expect(await ranTasks(home)).toEqual(['0', '1', '2', '3'].flatMap((index) => Array<string>(screens).fill(index)));
  }, 120_000);

  it('is begun by four processes at once with the same key: each task runs once, and all four get all of it', async () => {
    const home = await makeHome();
    const all = Array.from({ length: 4 }, () => start(home, 'screen', '4', '0.1'));
    for (const { ended, output } of all) expect(await ended, output()).toBe(0);

    const refs = all.map(({ output }) => output().split('\n')[0]);
    expect(new Set(refs).size).toBe(1);
    for (const { output } of all) expect(output()).toContain('energies 0 -1 -2 -3');
    expect(await ranTasks(home)).toEqual(['0', '1', '2', '3']);
  }, 60_000);
});
