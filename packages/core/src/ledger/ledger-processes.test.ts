import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collect, intentOf, openTestLedger, temporaryFolder } from './ledger.fixture.ts';
import { verifyLedger } from './verify-ledger.ts';

describe('a ledger used by many processes', { timeout: 60_000 }, () => {
  it('gives each name to exactly one of eight, and all of them name the same winner', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    await openTestLedger(folder);
    const names = Array.from({ length: 25 }, (_, index) => `screen-${index}#1`);
    const children = Array.from({ length: 8 }, () => run('claim-process', folder));
    await Promise.all(children.map((child) => child.lines(1)));

    // One name after the other, told to all of them at once.
    for (const [index, name] of names.entries()) {
      for (const { process } of children) process.stdin.write(`${name}\n`);
      await Promise.all(children.map((child) => child.lines(2 + index)));
    }
    for (const { process } of children) process.stdin.end();
    const texts = await Promise.all(children.map(({ output }) => output));

    const lines = texts.flatMap((text) => text.trim().split('\n').slice(1));
    expect(lines).toHaveLength(8 * names.length);
    const winners = new Map<string, Set<string>>();
    const won = new Map<string, number>();
    for (const line of lines) {
      const [name = '', type, winner = ''] = line.split(' ');
      winners.set(name, (winners.get(name) ?? new Set()).add(winner));
      if (type === 'won') won.set(name, (won.get(name) ?? 0) + 1);
    }
    expect([...won.values()]).toEqual(names.map(() => 1));
    expect([...winners.values()].map((ids) => ids.size)).toEqual(names.map(() => 1));
    expect(readdirSync(join(folder, 'claims')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('keeps every record of four that append at the same time', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    const children = ['a', 'b', 'c', 'd'].map((prefix) => run('append-process', folder, prefix, '200'));
    const reader = await openTestLedger(folder);
    // Reads while they write.
    for (let look = 0; look < 5; look += 1) await reader.readJob(`a-${look}`);
    await Promise.all(children.map(({ output }) => output));

    const jobs = await collect(reader.jobs());
    expect(jobs).toHaveLength(800);
    expect(jobs.every(({ outcomes }) => outcomes[0]?.outcome === 'accepted')).toBe(true);
    expect(await verifyLedger(folder)).toMatchObject({ status: 'intact', records: 4 + 2 * 800 });
  });

  it('shows a prefix of what a killed process wrote, with all that was confirmed to it', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    for (let round = 0; round < 4; round += 1) {
      const child = run('append-process', folder, `r${round}`, '100000', 'print');
      // At another moment each time, in the middle of writing.
      await child.lines(20 + 13 * round);
      child.process.kill('SIGKILL');
      const confirmed = (await child.output).trim().split('\n');

      const reader = await openTestLedger(folder);
      const jobs = await collect(reader.jobs());
      const own = jobs.filter(({ key }) => key.startsWith(`r${round}-`));
      expect(own.map(({ key }) => key)).toEqual(own.map((_, index) => `r${round}-${index}`));
      expect(own.length).toBeGreaterThanOrEqual(confirmed.length);
      expect(own.length).toBeLessThanOrEqual(confirmed.length + 2);
      for (const job of own.slice(0, confirmed.length)) expect(job.outcomes).toHaveLength(1);
      expect(await reader.sessionState(own[0]?.owner ?? reader.session)).toBe('dead');
      await reader.append(intentOf(`after-${round}`));
    }
    expect(await verifyLedger(folder)).toMatchObject({ status: 'intact', findings: [] });
  });

  it('never shows half a record while it is written', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    const child = run('append-process', folder, 'x', '300', 'print');
    await child.lines(1);
    const [name = ''] = readdirSync(join(folder, 'segments'));
    const path = join(folder, 'segments', name);

    const reader = await openTestLedger(folder);
    let seen = 0;
    while (child.process.exitCode === null) {
      const jobs = await collect(reader.jobs());
      expect(jobs.length).toBeGreaterThanOrEqual(seen);
      seen = jobs.length;
    }
    await child.output;
    expect((await collect(reader.jobs())).length).toBe(300);
    expect(readFileSync(path).length).toBe(statSync(path).size);
  });
});

function run(program: string, ...parameters: readonly string[]) {
  const path = fileURLToPath(new URL(`./${program}.fixture.ts`, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const output = once(child, 'close').then(([code, signal]) => {
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`${program} ended with ${code ?? signal}`);
    return text.slice(0, text.lastIndexOf('\n') + 1);
  });
  const fails = output.then(() => {
    throw new Error(`${program} ended too early`);
  });
  fails.catch(() => {});
  return {
    process: child,
    output,
    async lines(count: number): Promise<void> {
      while (text.split('\n').length <= count) await Promise.race([once(child.stdout, 'data'), fails]);
    },
  };
}
