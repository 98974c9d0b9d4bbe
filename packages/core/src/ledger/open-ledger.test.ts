import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createFaultyFiles } from './faulty-files.fixture.ts';
import { intentOf, openTestLedger, outcomeOf, temporaryFolder } from './ledger.fixture.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { createManualClock } from './manual-clock.fixture.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { verifyLedger } from './verify-ledger.ts';

it('makes its folder and its id, and nothing else until something is recorded', async () => {
  const folder = join(temporaryFolder(), 'deep', 'ledger');
  const { clock, sleeping } = createManualClock();
  const ledger = await openTestLedger(folder, { clock });
  await ledger.readJob('a');
  await ledger.readClaim('a');
  await ledger.close();

  expect(readdirSync(folder)).toEqual(['id']);
  expect(readFileSync(join(folder, 'id'), 'utf8').trim()).toBe(ledger.id);
  expect(sleeping).toBe(0);
});

it('is readable by its owner alone', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  const ledger = await openTestLedger(folder);
  await ledger.append(intentOf('a'));
  await ledger.claim('a');
  await ledger.putPayload('text');

  const modes = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    modes.add(`${entry.isDirectory() ? 'folder' : 'file'} ${mode.toString(8)}`);
  }
  expect([...modes].sort()).toEqual(['file 600', 'folder 700']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('has one id, however many open it at once', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  const ledgers = await Promise.all(Array.from({ length: 8 }, () => openTestLedger(folder)));

  expect(new Set(ledgers.map(({ id }) => id)).size).toBe(1);
  expect(new Set(ledgers.map(({ session }) => session.id)).size).toBe(8);
  expect(readdirSync(folder)).toEqual(['id']);
});

it('takes the id another opener made in the meantime', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  let first: string | undefined;
  const second = await openTestLedger(folder, {
    files: {
      ...nodeLedgerFiles,
      async link(from, to, subject) {
        first ??= (await openTestLedger(folder)).id;
        await nodeLedgerFiles.link(from, to, subject);
      },
    },
  });
  expect(second.id).toBe(first);
  expect(readFileSync(join(folder, 'id'), 'utf8').trim()).toBe(first);
});

it('joins what several sessions recorded', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  const [one, two] = [await openTestLedger(folder), await openTestLedger(folder)];
  await one.append(intentOf('a'));
  await two.append(outcomeOf('a'));
  await two.append({ type: 'takeover', key: 'a', from: one.session.id });

  const job = await one.readJob('a');
  expect(job).toMatchObject({ outcomes: [{ nativeId: '17' }], owner: two.session });
  expect(await two.readJob('a')).toEqual(job);
});

it('says where and what to do when it cannot be written', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const inFile = openTestLedger(join(folder, 'file', 'ledger'));
  await expect(inFile).rejects.toSatisfy(LedgerUnavailableError.isInstance);
  await expect(inFile).rejects.toThrow(/file\/ledger.*ENOTDIR.*`ledger` option.*SCIJOB_HOME.*'memory'/s);

  const faulty = createFaultyFiles(nodeLedgerFiles);
  faulty.fail('id:write', 'ENOSPC');
  const onFullDisk = openTestLedger(join(folder, 'full'), { files: faulty.files });
  await expect(onFullDisk).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE', directory: join(folder, 'full') });

  const readOnly = { ...nodeLedgerFiles, requireWritable: () => Promise.reject(new Error('EROFS: read-only')) };
  await openTestLedger(join(folder, 'there'));
  await expect(openTestLedger(join(folder, 'there'), { files: readOnly })).rejects.toThrow('EROFS');
});

it('refuses a folder whose id is not one of ours, and a segment of a later version', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'id'), 'hello\n');
  await expect(openTestLedger(folder)).rejects.toThrow('is not the id of a ledger');

  const later = join(temporaryFolder(), 'ledger');
  const ledger = await openTestLedger(later);
  mkdirSync(join(later, 'segments'));
  const line = { n: 0, prev: '0', at: '', type: 'segment', schema: 2, ledger: ledger.id, session: ledger.session };
  writeFileSync(join(later, 'segments', 'zzz.jsonl'), `${JSON.stringify(line)}\n`);
  await expect(ledger.readJob('a')).rejects.toThrow('newer version of scijob');
});

it('lets the process end by itself, and what was confirmed before stays', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  const program = fileURLToPath(new URL('./append-process.fixture.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [program, folder, 'leaver', '3'], { timeout: 20_000 });

  const ledger = await openTestLedger(folder);
  expect((await ledger.readJob('leaver-2'))?.outcomes).toHaveLength(1);
  await ledger.append(outcomeOf('leaver-2'));
  expect(await verifyLedger(folder)).toMatchObject({ status: 'intact' });
});
