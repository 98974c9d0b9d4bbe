import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFaultyFiles } from './faulty-files.fixture.ts';
import {
  collect,
  createQuietLogger,
  endOf,
  intentOf,
  openTestLedger,
  outcomeOf,
  temporaryFolder,
} from './ledger.fixture.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { verifyLedger } from './verify-ledger.ts';

/** A ledger with one closed segment of 600 jobs. */
async function createLargeLedger() {
  const folder = join(temporaryFolder(), 'ledger');
  const writer = await openTestLedger(folder);
  const keys = Array.from({ length: 600 }, (_, index) => `job-${index}`);
  await Promise.all(keys.flatMap((key) => [writer.append(intentOf(key)), writer.append(outcomeOf(key))]));
  await writer.close();
  return { folder, keys, segment: join(folder, 'segments', `${writer.session.id}.jsonl`) };
}

/** How many bytes of segments are read until one job is found. */
async function bytesToFind(folder: string, key: string) {
  let bytes = 0;
  const ledger = await openTestLedger(folder, {
    files: {
      ...nodeLedgerFiles,
      async openFile(path) {
        const file = await nodeLedgerFiles.openFile(path);
        return {
          ...file,
          async read(buffer, start, position) {
            const count = await file.read(buffer, start, position);
            if (path.includes('segments')) bytes += count;
            return count;
          },
        };
      },
    },
  });
  const job = await ledger.readJob(key);
  return { bytes, job, jobs: async () => collect(ledger.jobs()) };
}

describe('a snapshot', () => {
  it('spares reading a large segment again, and changes nothing of what is found', async () => {
    const { folder, keys, segment } = await createLargeLedger();
    const first = await bytesToFind(folder, 'job-300');
    expect(readdirSync(join(folder, 'snapshots'))).toHaveLength(1);
    const second = await bytesToFind(folder, 'job-300');

    expect(second.bytes).toBeLessThan(first.bytes / 2);
    expect(second.job).toEqual(first.job);
    expect((await second.jobs()).map(({ key }) => key)).toEqual(keys);
    expect(first.bytes).toBeGreaterThan(readFileSync(segment).length);
  });

  it('is left aside when it is damaged, when it is of another segment, and when it is gone', async () => {
    const { folder, segment } = await createLargeLedger();
    const expected = (await bytesToFind(folder, 'job-300')).job;
    const [name = ''] = readdirSync(join(folder, 'snapshots'));
    const path = join(folder, 'snapshots', name);
    const original = readFileSync(path);

    for (const at of [5, 200, original.length - 10]) {
      const changed = Buffer.from(original);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path, changed);
      expect((await bytesToFind(folder, 'job-300')).job).toEqual(expected);
    }
    const empty = Buffer.from(original);
    writeFileSync(path, empty.fill(0, original.indexOf('\n') + 1));
    expect((await bytesToFind(folder, 'job-300')).job).toEqual(expected);
    writeFileSync(path, original.subarray(0, 500));
    expect((await bytesToFind(folder, 'job-300')).job).toEqual(expected);
    rmSync(join(folder, 'snapshots'), { recursive: true });
    expect((await bytesToFind(folder, 'job-300')).job).toEqual(expected);

    // The segment is no longer the one the snapshot speaks of.
    const bytes = readFileSync(segment, 'utf8');
    writeFileSync(
      segment,
      bytes.replaceAll('"job-590"', '"job-xyz"').replace('The session ended', 'The session exited'.slice(0, 17)),
    );
    expect((await bytesToFind(folder, 'job-xyz')).job?.key).toBe('job-xyz');
    const lines = readFileSync(segment, 'utf8').split('\n');
    writeFileSync(segment, lines.slice(0, 700).join('\n'));
    expect((await bytesToFind(folder, 'job-590')).job).toBeUndefined();
    expect((await bytesToFind(folder, 'job-3')).job).toBeDefined();
  });

  it('covers what was written up to it, and the rest is read on', async () => {
    const { folder, segment } = await createLargeLedger();
    await bytesToFind(folder, 'job-1');
    const lines = readFileSync(segment, 'utf8').split('\n');
    const more = JSON.stringify({ ...JSON.parse(lines[1] ?? ''), n: 1_202, key: 'later' });
    appendFileSync(segment, `${more}\n`);

    const { bytes, job, jobs } = await bytesToFind(folder, 'later');
    expect(job?.key).toBe('later');
    expect(bytes).toBeLessThan(readFileSync(segment).length / 2);
    expect(await jobs()).toHaveLength(601);
  });

  it('is not needed: when it cannot be kept, nothing fails', async () => {
    const { folder } = await createLargeLedger();
    const faulty = createFaultyFiles(nodeLedgerFiles);
    faulty.fail('snapshot:write', 'ENOSPC', { halfway: true });
    const ledger = await openTestLedger(folder, { files: faulty.files });
    expect(await ledger.readJob('job-1')).toBeDefined();
  });
});

describe('a damaged segment', () => {
  it('loses the damaged lines alone, and that is said once', async () => {
    const { folder, segment } = await createLargeLedger();
    const bytes = readFileSync(segment);
    const at = bytes.indexOf('"key":"job-20"');
    // Over the end of one line and the beginning of the next.
    bytes.fill(0, at - 150, at + 20);
    writeFileSync(segment, bytes);
    const logger = createQuietLogger();
    const ledger = await openTestLedger(folder, { logger });

    expect(await ledger.readJob('job-20')).toBeUndefined();
    expect(await ledger.readJob('job-21')).toMatchObject({ outcomes: [{ nativeId: '17' }] });
    expect(await ledger.readJob('job-19')).toMatchObject({ intents: [{}], outcomes: [] });
    expect(await collect(ledger.jobs())).toHaveLength(599);
    expect(logger.warnings).toEqual([expect.stringContaining('verifyLedger')]);
    expect((await verifyLedger(folder)).status).toBe('damaged');
  });

  it('with a torn end gives everything before it', async () => {
    const { folder, segment } = await createLargeLedger();
    truncateSync(segment, readFileSync(segment).length - 200);
    const ledger = await openTestLedger(folder);
    expect(await collect(ledger.jobs())).toHaveLength(600);
  });
});

describe('archive', () => {
  it('moves segments of dead sessions whose jobs have ended, and the ledger verifies with and without them', async () => {
    const root = temporaryFolder();
    const [folder, to] = [join(root, 'ledger'), join(root, 'archive')];
    const ended = await openTestLedger(folder);
    await ended.claim('done');
    await ended.append(intentOf('done'));
    await ended.close();
    const unfinished = await openTestLedger(folder);
    await unfinished.append(endOf('done', 'succeeded'));
    await unfinished.append(intentOf('running'));
    await unfinished.append(outcomeOf('running'));
    await unfinished.close();
    const living = await openTestLedger(folder);
    await living.append(intentOf('new'));
    const ledger = await openTestLedger(folder);
    await ledger.append(intentOf('own'));
    const anchor = await ledger.anchor();

    const result = await ledger.archive(to);

    expect(result).toEqual({
      archived: [ended.session.id],
      kept: [
        { segment: unfinished.session.id, why: 'unfinished-jobs' },
        { segment: living.session.id, why: 'session-alive' },
        { segment: ledger.session.id, why: 'session-alive' },
      ],
    });
    expect(readdirSync(to)).toEqual([`${ended.session.id}.jsonl`]);
    expect(existsSync(join(folder, 'segments', `${ended.session.id}.jsonl`))).toBe(false);
    expect((await collect(ledger.jobs())).map(({ key }) => key)).toEqual(['running', 'new', 'own']);
    expect(await ledger.claim('done')).toMatchObject({ type: 'held' });

    const alone = await verifyLedger(folder, { anchor });
    expect(alone).toMatchObject({ status: 'intact' });
    expect(alone.limits).toContainEqual(expect.stringContaining(`${ended.session.id} was archived`));
    expect(await verifyLedger(folder, { anchor, archives: [to] })).toMatchObject({ status: 'intact' });
    const path = join(to, `${ended.session.id}.jsonl`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"screen"', '"scream"'));
    expect(await verifyLedger(folder, { archives: [to] })).toMatchObject({ status: 'damaged' });
  });

  it('moves nothing when the copy fails', async () => {
    const root = temporaryFolder();
    const faulty = createFaultyFiles(nodeLedgerFiles);
    const ended = await openTestLedger(join(root, 'ledger'));
    await ended.append(intentOf('done'));
    await ended.append(endOf('done', 'succeeded'));
    await ended.close();
    const ledger = await openTestLedger(join(root, 'ledger'), { files: faulty.files });
    faulty.fail('archive:write', 'ENOSPC', { halfway: true });

    await expect(ledger.archive(join(root, 'archive'))).rejects.toThrow('ENOSPC');
    expect(readdirSync(join(root, 'archive'))).toEqual([]);
    expect(await collect(ledger.jobs())).toHaveLength(1);
  });

  it('taken away by hand, is a segment that is missing', async () => {
    const { folder, segment } = await createLargeLedger();
    const next = await openTestLedger(folder);
    await next.append(intentOf('a'));
    renameSync(segment, join(folder, 'elsewhere'));
    expect((await verifyLedger(folder)).findings).toMatchObject([{ type: 'segment-missing' }]);
  });
});
