import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimPath } from './claim-store.ts';
import { endOf, intentOf, openTestLedger, outcomeOf, temporaryFolder } from './ledger.fixture.ts';
import type { Ledger, LedgerAnchor } from './ledger.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { createMemoryLedgerFiles } from './memory-ledger-files.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { type VerifyLedgerOptions, verifyLedger, verifyLedgerFiles } from './verify-ledger.ts';
import { readWholeFile } from './write-whole-file.ts';

const ROOT = '/memory';

/** Two sessions with a few jobs, a claim and a payload; the second saw the first. */
async function createLedger() {
  const files = createMemoryLedgerFiles();
  const sessions: Ledger[] = [];
  for (const key of ['a', 'b']) {
    const ledger = await openTestLedger('memory', { files });
    const { sha256 } = await ledger.putPayload(`payload of ${key}`);
    await ledger.claim(key);
    await ledger.append(intentOf(key, { payload: sha256 }));
    await ledger.append(outcomeOf(key));
    await ledger.append(endOf(key, 'succeeded'));
    await ledger.close();
    sessions.push(ledger);
  }
  const [one, two] = sessions as [Ledger, Ledger];
  const pathOf = ({ session }: Ledger) => `${ROOT}/segments/${session.id}.jsonl`;
  return { files, one, two, firstPath: pathOf(one), secondPath: pathOf(two), anchor: await two.anchor() };
}

async function replace(files: LedgerFiles, path: string, bytes: Uint8Array): Promise<void> {
  await files.remove(path, 'segment');
  const file = await files.createFile(path, 'segment');
  await file.write(bytes, 0);
}

const check = (files: LedgerFiles, options?: VerifyLedgerOptions) => verifyLedgerFiles(files, ROOT, options);
const typesOf = async (files: LedgerFiles, options?: VerifyLedgerOptions) =>
  (await check(files, options)).findings.map(({ type }) => type);

async function editLines(files: LedgerFiles, path: string, edit: (lines: string[]) => string[]): Promise<void> {
  const lines = (await readWholeFile(files, path)).toString().trimEnd().split('\n');
  await replace(
    files,
    path,
    Buffer.from(
      edit(lines)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
}

describe('verifyLedger', () => {
  it('finds an untouched ledger intact, and says what it cannot know without an anchor', async () => {
    const { files, anchor } = await createLedger();

    const anchored = await check(files, { anchor });
    expect(anchored).toMatchObject({ status: 'intact', records: 10, findings: [], findingsLeftOut: 0, limits: [] });
    expect(anchored.segments).toMatchObject([
      { records: 5, knownTo: 4 },
      { records: 5, knownTo: 4 },
    ]);
    const alone = await check(files);
    expect(alone.status).toBe('intact');
    expect(alone.segments[1]?.knownTo).toBeUndefined();
    expect(alone.limits).toMatchObject([
      expect.stringContaining('Without an anchor'),
      expect.stringMatching(/the 5 last records are confirmed by nobody else/),
    ]);
  });

  it('finds a change of any single byte, with an anchor', async () => {
    const { files, anchor, firstPath, secondPath } = await createLedger();
    for (const path of [firstPath, secondPath]) {
      const original = Buffer.from(await readWholeFile(files, path));
      for (let at = 0; at < original.length; at += 1) {
        const changed = Buffer.from(original);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await replace(files, path, changed);
        if ((await check(files, { anchor })).status === 'intact') expect.fail(`byte ${at} of ${path}`);
      }
      await replace(files, path, original);
    }
    expect((await check(files, { anchor })).status).toBe('intact');
  });

  it('finds records that were dropped, swapped, repeated or brought in from elsewhere, also without an anchor', async () => {
    const edits: readonly ((lines: string[], other: string[]) => string[])[] = [
      (lines) => lines.toSpliced(2, 1),
      (lines) => [lines[0], lines[2], lines[1], ...lines.slice(3)] as string[],
      (lines) => lines.toSpliced(2, 0, lines[2] ?? ''),
      (lines, other) => lines.toSpliced(2, 1, other[2] ?? ''),
      (lines) => lines.toSpliced(2, 1, '{}'),
      (lines) => lines.toSpliced(2, 1, 'rubbish'),
    ];
    for (const [index, edit] of edits.entries()) {
      const { files, firstPath, secondPath } = await createLedger();
      const other = (await readWholeFile(files, firstPath)).toString().split('\n');
      await editLines(files, secondPath, (lines) => edit(lines, other));
      expect((await check(files)).status, `edit ${index}`).toBe('damaged');
    }
  });

  it('finds an end cut off once somebody else has seen it', async () => {
    const { files, anchor, firstPath, secondPath } = await createLedger();
    await editLines(files, secondPath, (lines) => lines.slice(0, -1));
    expect((await check(files)).status).toBe('intact');
    expect(await typesOf(files, { anchor })).toEqual(['head-differs']);

    await editLines(files, firstPath, (lines) => lines.slice(0, -1));
    // The second session wrote down how far the first had come.
    expect(await typesOf(files)).toEqual(['head-differs']);
  });

  it('finds a segment that was rewritten with a chain of its own', async () => {
    const { files, firstPath } = await createLedger();
    const other = createMemoryLedgerFiles();
    const forger = await openTestLedger('memory', { files: other });
    for (const key of ['x', 'y', 'z']) await forger.append(intentOf(key));
    await forger.close();
    await replace(files, firstPath, await readWholeFile(other, `${ROOT}/segments/${forger.session.id}.jsonl`));

    expect(await typesOf(files)).toEqual(['foreign-segment', 'head-differs']);
  });

  it('finds a segment that was taken away, by the sessions and the claims that knew it', async () => {
    const { files, firstPath, secondPath } = await createLedger();
    await files.remove(secondPath, 'segment');
    expect(await typesOf(files)).toEqual(['segment-missing']);

    await files.remove(firstPath, 'segment');
    expect(await typesOf(files)).toEqual(['segment-missing', 'segment-missing']);
  });

  it('finds payloads and claims that were changed or taken away', async () => {
    const { files, one, two } = await createLedger();
    const [first, second] = await Promise.all(
      ['a', 'b'].map(async (key) => (await one.readJob(key))?.intents[0]?.payload),
    );
    await replace(files, `${ROOT}/payloads/${first}`, Buffer.from('payload of x'));
    await files.remove(`${ROOT}/payloads/${second}`, 'payload');
    await replace(
      files,
      claimPath(`${ROOT}/claims`, 'a'),
      await readWholeFile(files, claimPath(`${ROOT}/claims`, 'b')),
    );

    expect(await typesOf(files, { anchor: await two.anchor() })).toEqual([
      'payload-missing',
      'payload-damaged',
      'claim-damaged',
    ]);
  });

  it('counts findings beyond the first hundred instead of keeping them', async () => {
    const { files, secondPath } = await createLedger();
    await editLines(files, secondPath, (lines) => [...lines, ...Array.from({ length: 130 }, () => 'rubbish')]);
    expect(await check(files)).toMatchObject({ findings: { length: 100 }, findingsLeftOut: 30 });
  });

  it('refuses a folder without a ledger and an anchor of another, and stops when aborted', async () => {
    await expect(verifyLedger(temporaryFolder())).rejects.toSatisfy(LedgerUnavailableError.isInstance);
    const { files, anchor } = await createLedger();
    const foreign: LedgerAnchor = { ...anchor, ledger: 'f'.repeat(32) };
    expect(await typesOf(files, { anchor: foreign })).toContain('foreign-segment');
    await expect(check(files, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('accepts a ledger that is being written', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    const ledger = await openTestLedger(folder);
    let isWriting = true;
    const writing = (async () => {
      for (let index = 0; isWriting; index += 1) await ledger.append(intentOf(`${index}`));
    })();
    await ledger.append({ type: 'note', message: 'begun' });
    for (let look = 0; look < 10; look += 1) {
      const { findings } = await verifyLedgerFiles(nodeLedgerFiles, folder, { anchor: await ledger.anchor() });
      expect(findings).toEqual([]);
    }
    isWriting = false;
    await writing;
  });
});
