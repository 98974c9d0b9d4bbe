import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFaultyFiles } from './faulty-files.fixture.ts';
import { createQuietLogger, intentOf, openTestLedger, temporaryFolder } from './ledger.fixture.ts';
import { createManualClock } from './manual-clock.fixture.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { readProcess } from './process-state.ts';
import type { SessionIdentity } from './session-identity.ts';

async function openWatched() {
  const folder = join(temporaryFolder(), 'ledger');
  const { clock, advance } = createManualClock();
  const ledger = await openTestLedger(folder, { clock });
  await ledger.append(intentOf('a'));
  return { folder, ledger, clock, advance, beats: join(folder, 'beats') };
}

describe('a session of this boot', () => {
  it('is alive while its process is, and dead when it was killed', async () => {
    const { ledger } = await openWatched();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const found = await readProcess(child.pid ?? 0);
    const startTime = found.type === 'found' ? found.startTime : '';
    const session: SessionIdentity = { ...ledger.session, id: 'other', pid: child.pid ?? 0, startTime };
    // In clock ticks of 10 ms since the boot: just now.
    const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    expect(Math.abs(upSeconds - Number(startTime) / 100)).toBeLessThan(5);

    expect(await ledger.sessionState(session)).toBe('alive');
    // The same number, given to another process.
    expect(await ledger.sessionState({ ...session, startTime: String(Number(startTime) - 1) })).toBe('dead');

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await ledger.sessionState(session)).toBe('dead');
  });

  it('is dead once it has closed, though its process lives on', async () => {
    const { folder, ledger } = await openWatched();
    const other = await openTestLedger(folder);
    await other.append(intentOf('b'));
    expect(await ledger.sessionState(other.session)).toBe('alive');

    await other.close();

    expect(await ledger.sessionState(other.session)).toBe('dead');
    expect(await ledger.sessionState(ledger.session)).toBe('alive');
  });

  it('is not judged by process ids of another container', async () => {
    const { ledger } = await openWatched();
    const session = { ...ledger.session, id: 'other', pid: 2 ** 22, pidNamespace: 'pid:[1]' };
    expect(await ledger.sessionState(session)).toBe('unknown');
    expect(await ledger.sessionState({ ...ledger.session, id: 'other', pid: 2 ** 22 })).toBe('dead');
  });
});

describe('a session elsewhere', () => {
  const elsewhere: SessionIdentity = { id: 'far', host: 'far', bootId: 'other', pid: 1, startTime: '1' };

  it('is alive while its beat moves, and dead when it stood still for two minutes of our clock', async () => {
    const { ledger, advance, beats } = await openWatched();
    const beat = (text: string) => writeFileSync(join(beats, 'far'), text);
    beat('1');
    expect(await ledger.sessionState(elsewhere)).toBe('unknown');
    await advance(20_000);
    expect(await ledger.sessionState(elsewhere)).toBe('unknown');
    beat('2');
    expect(await ledger.sessionState(elsewhere)).toBe('alive');

    await advance(119_999);
    expect(await ledger.sessionState(elsewhere)).toBe('alive');
    await advance(1);
    expect(await ledger.sessionState(elsewhere)).toBe('dead');

    beat('3');
    expect(await ledger.sessionState(elsewhere)).toBe('alive');
  });

  it('is unknown at first and dead after two minutes without a beat', async () => {
    const { ledger, advance } = await openWatched();
    expect(await ledger.sessionState(elsewhere)).toBe('unknown');
    await advance(120_000);
    expect(await ledger.sessionState(elsewhere)).toBe('dead');
  });
});

describe('the beat', () => {
  it('moves every twenty seconds from the first record to the end of the session', async () => {
    const { ledger, advance, beats } = await openWatched();
    const path = join(beats, ledger.session.id);
    const first = readFileSync(path, 'utf8');
    await advance(19_999);
    expect(readFileSync(path, 'utf8')).toBe(first);
    await advance(1);
    await expect.poll(() => readFileSync(path, 'utf8')).not.toBe(first);
    expect(readFileSync(path)).toHaveLength(first.length);

    await ledger.close();
    expect(existsSync(path)).toBe(false);
  });

  it('is not needed for recording: when it cannot be written, that is said', async () => {
    const logger = createQuietLogger();
    const faulty = createFaultyFiles(nodeLedgerFiles);
    const ledger = await openTestLedger(join(temporaryFolder(), 'ledger'), { files: faulty.files, logger });
    faulty.fail('beat:create', 'EIO');
    await ledger.append(intentOf('a'));
    expect(logger.warnings).toEqual([expect.stringContaining('sign of life')]);
  });

  it('is not shown by a ledger in memory', async () => {
    const manual = createManualClock();
    const ledger = await openTestLedger('memory', { clock: manual.clock });
    await ledger.append(intentOf('a'));
    expect(manual.sleeping).toBe(0);
  });
});
