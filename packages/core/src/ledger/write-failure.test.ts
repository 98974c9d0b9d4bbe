import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFaultyFiles } from './faulty-files.fixture.ts';
import { collect, intentOf, openTestLedger, outcomeOf, temporaryFolder, textOf } from './ledger.fixture.ts';
import { LedgerWriteError } from './ledger-write-error.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { verifyLedger } from './verify-ledger.ts';

async function openFaulty() {
  const folder = join(temporaryFolder(), 'ledger');
  const faulty = createFaultyFiles(nodeLedgerFiles);
  const ledger = await openTestLedger(folder, { files: faulty.files });
  return { folder, ledger, ...faulty };
}

describe('group commit', () => {
  it('makes all that waits durable with one write and one sync', async () => {
    const { ledger, changes } = await openFaulty();
    await ledger.append({ type: 'note', message: 'begin' });
    changes.length = 0;

    const positions = await Promise.all(Array.from({ length: 64 }, (_, index) => ledger.append(intentOf(`${index}`))));

    expect(changes).toEqual(['segment:write', 'segment:sync']);
    expect(positions.map(({ n }) => n)).toEqual(Array.from({ length: 64 }, (_, index) => index + 2));
  });

  it('confirms nothing before the sync has answered', async () => {
    const { folder } = await openFaulty();
    const { promise: synced, resolve: letSync } = Promise.withResolvers<void>();
    let isHeld = false;
    const ledger = await openTestLedger(folder, {
      files: {
        ...nodeLedgerFiles,
        async createFile(path, subject) {
          const file = await nodeLedgerFiles.createFile(path, subject);
          return { ...file, sync: async () => (isHeld ? synced : file.sync()) };
        },
      },
    });
    await ledger.append({ type: 'note', message: 'begin' });
    isHeld = true;
    let isConfirmed = false;
    const appended = ledger.append(intentOf('a')).then(() => {
      isConfirmed = true;
    });
    while ((await collect((await openTestLedger(folder)).records())).length < 3);
    expect(isConfirmed).toBe(false);

    letSync();
    await appended;
    expect(isConfirmed).toBe(true);
  });

  it('syncs the folder before the first record of a segment, claim or payload is confirmed', async () => {
    const { ledger, changes } = await openFaulty();
    changes.length = 0;
    await ledger.append(intentOf('a'));
    expect(changes.filter((change) => change.startsWith('segment'))).toEqual([
      'segment:create-folder',
      'segment:create',
      'segment:write',
      'segment:sync',
      'segment:sync-folder',
      'segment:write',
      'segment:sync',
    ]);

    changes.length = 0;
    await ledger.claim('a');
    expect(changes.slice(1)).toEqual([
      'claim:create',
      'claim:write',
      'claim:sync',
      'claim:link',
      'claim:remove',
      'claim:sync-folder',
    ]);

    changes.length = 0;
    await ledger.putPayload('text');
    expect(changes.slice(1)).toEqual([
      'payload:create',
      'payload:write',
      'payload:sync',
      'payload:rename',
      'payload:sync-folder',
      'payload:remove',
    ]);
  });
});

describe.each(['segment:write', 'segment:sync'] as const)('after a failed %s', (point) => {
  it('goes on in a new segment; nothing is lost, and what stands twice counts once', async () => {
    const { folder, ledger, fail } = await openFaulty();
    await ledger.append(intentOf('a'));
    fail(point, 'EIO', { halfway: true });

    const positions = await Promise.all([ledger.append(outcomeOf('a')), ledger.append(intentOf('b'))]);
    await ledger.append({ type: 'cancel', key: 'a', reason: 'enough' });

    const second = `${ledger.session.id}-2`;
    expect(positions.map(({ segment }) => segment)).toEqual([second, second]);
    expect(await ledger.readJob('a')).toMatchObject({ outcomes: [{ nativeId: '17' }], duplicates: [] });
    expect(await collect(ledger.jobs())).toHaveLength(2);
    const records = await collect(ledger.records());
    expect(records.find(({ segment }) => segment === second)).toMatchObject({
      type: 'segment',
      follows: { segment: ledger.session.id, error: expect.stringContaining('EIO') },
    });
    const again = records.filter((record) => record.again);
    expect(again.map((record) => record.again)).toEqual([
      { segment: ledger.session.id, n: 2 },
      { segment: ledger.session.id, n: 3 },
    ]);
    expect(await verifyLedger(folder)).toMatchObject({ status: 'intact' });
  });

  it('vouches only for what was confirmed of the segment it gave up', async () => {
    const { folder, ledger, fail } = await openFaulty();
    await ledger.append(intentOf('a'));
    const { heads } = await ledger.anchor();
    fail(point, 'EIO');
    await ledger.append(outcomeOf('a'));

    const first = ledger.session.id;
    const [, second] = await collect(ledger.records({ types: ['segment'] }));
    expect(second).toMatchObject({ segment: `${first}-2`, heads: { [first]: heads[first] } });
    expect((await ledger.anchor()).heads[first]).toEqual(heads[first]);
    const next = await openTestLedger(folder);
    expect((await next.anchor()).heads[first]).toEqual(heads[first]);
  });

  it('rejects with the path and the way out when the new segment fails too, and works again once there is room', async () => {
    const { folder, ledger, fail } = await openFaulty();
    await ledger.append(intentOf('a'));
    fail(point, 'ENOSPC', { halfway: true });
    fail(point, 'ENOSPC', { halfway: true });

    const appended = ledger.append(outcomeOf('a'));
    await expect(appended).rejects.toSatisfy(LedgerWriteError.isInstance);
    await expect(appended).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
    await expect(appended).rejects.toThrow(/segments.*ENOSPC.*free space there.*SCIJOB_HOME/s);
    // No litter on a full disk.
    expect(readdirSync(join(folder, 'segments'))).toHaveLength(1);

    await ledger.append(outcomeOf('a'));
    expect(await ledger.readJob('a')).toMatchObject({ outcomes: [{ nativeId: '17' }] });
    expect(await verifyLedger(folder)).toMatchObject({ status: 'intact' });
  });
});

it('reports a claim or payload that cannot be written, and leaves no half file', async () => {
  const { folder, ledger, fail } = await openFaulty();
  await ledger.append(intentOf('a'));
  fail('claim:sync', 'EIO');
  await expect(ledger.claim('a')).rejects.toSatisfy(LedgerWriteError.isInstance);
  expect(await ledger.claim('a')).toEqual({ type: 'won' });

  fail('payload:write', 'ENOSPC', { halfway: true });
  await expect(ledger.putPayload('some text')).rejects.toSatisfy(LedgerWriteError.isInstance);
  expect(readdirSync(join(folder, 'payloads'))).toEqual([]);
  expect(readdirSync(join(folder, 'claims'))).toHaveLength(1);
});

it('believes a link that was made although its answer was lost', async () => {
  const folder = join(temporaryFolder(), 'ledger');
  const ledger = await openTestLedger(folder, {
    files: {
      ...nodeLedgerFiles,
      async link(from, to, subject) {
        await nodeLedgerFiles.link(from, to, subject);
        // What NFS does: the request is repeated and finds its own work.
        if (subject === 'claim') await nodeLedgerFiles.link(from, to, subject);
      },
    },
  });
  expect(await ledger.claim('a')).toEqual({ type: 'won' });
  expect((await ledger.claim('a')).type).toBe('held');
});

it('leaves a torn last line as it is, stops before it, and the next session notes it once', async () => {
  const { folder, ledger } = await openFaulty();
  await ledger.append(intentOf('a'));
  const path = join(folder, 'segments', `${ledger.session.id}.jsonl`);
  await ledger.close();
  appendFileSync(path, '{"n":3,"prev":"');

  for (let session = 0; session < 2; session += 1) {
    const next = await openTestLedger(folder);
    await next.append({ type: 'note', message: 'next' });
    expect((await collect(next.jobs())).map(({ key }) => key)).toEqual(['a']);
    await next.close();
  }

  const notes = await collect((await openTestLedger(folder)).records({ types: ['note'] }));
  const torn = notes.filter((note) => 'event' in note && note.event === 'torn-tail');
  expect(torn).toMatchObject([{ tornBytes: 15 }]);
  const verification = await verifyLedger(folder);
  expect(verification).toMatchObject({ status: 'intact' });
  expect(verification.segments[0]).toMatchObject({ records: 3, tornBytes: 15 });
  expect(await textOf((await ledger.putPayload('x')).open())).toBe('x');
});
