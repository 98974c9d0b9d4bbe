import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('basic.ts', import.meta.url));
const homes: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true, maxRetries: 10 });
});

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'scijob-quickstart-'));
  homes.push(home);
  return home;
}

function run(home: string, ...argv: string[]) {
  const child = spawn(process.execPath, [program, '--out', join(home, 'out'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCIJOB_HOME: home },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

describe('the quickstart', () => {
  it('screens the drugs, finds the known hit, and leaves a ranked list and a picture', async () => {
    const home = await makeHome();
    const first = run(home, '--logs');
    expect(await first.ended, first.output()).toBe(0);

    expect(first.output()).toContain('task 0: ');
    expect(first.output()).toContain('nilotinib, designed from imatinib, is found');
    const ranked = await readFile(join(home, 'out', 'ranked.csv'), 'utf8');
    expect(ranked.split('\n')[2]).toMatch(/^2,nilotinib,/);
    expect(await readFile(join(home, 'out', 'hits.svg'), 'utf8')).toMatch(/^<svg[\s\S]*nilotinib[\s\S]*<\/svg>\s*$/);
  });

  it('leaves the work running at Ctrl-C, says how to come back, and finishes when run again', async () => {
    const home = await makeHome();
    const first = run(home, '--key', 'mine');
    await expect.poll(first.output, { timeout: 30_000 }).toContain('1/10');
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(130);
    expect(first.output()).toContain('npm run demo -- --key mine');

    const second = run(home, '--key', 'mine');
    expect(await second.ended, second.output()).toBe(0);
    expect(second.output()).toContain('10/10');
  });
});
