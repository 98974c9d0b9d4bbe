import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect, endOf, intentOf, openTestLedger, outcomeOf, temporaryFolder } from './ledger.fixture.ts';
import { LedgerClosedError } from './ledger-closed-error.ts';
import { LedgerDamagedError } from './ledger-damaged-error.ts';
import { createManualClock } from './manual-clock.fixture.ts';

const places = [
  ['on disk', () => join(temporaryFolder(), 'ledger')],
  ['in memory', () => 'memory'],
] as const;

describe.each(places)('a ledger %s', (_place, location) => {
  it('gives back what was recorded of a job', async () => {
    const ledger = await openTestLedger(location());
    const position = await ledger.append(intentOf('a', { duties: ['retry'] }));
    await ledger.append(outcomeOf('a'));
    await ledger.append({ type: 'attempt', key: 'a', attempt: '1.0', evidence: null });
    await ledger.append({ type: 'cancel', key: 'a', reason: 'enough' });
    await ledger.append({ type: 'duty', key: 'a', duty: 'retry', state: 'done' });
    await ledger.append(endOf('a', 'succeeded'));
    await ledger.append(intentOf('b'));

    const job = await ledger.readJob('a');

    expect(job).toMatchObject({
      key: 'a',
      keyGiven: false,
      intents: [{ submission: 1, job: { command: ['true'] } }],
      outcomes: [{ outcome: 'accepted', nativeId: '17' }],
      attempts: [{ attempt: '1.0' }],
      cancels: [{ reason: 'enough' }],
      duties: [{ duty: 'retry', state: 'done' }],
      end: { status: { state: 'succeeded', exitCode: 0 } },
      owner: ledger.session,
      position,
    });
    expect(await ledger.readJob('c')).toBeUndefined();
  });

  it('shows a record as soon as it was confirmed, also behind an earlier look', async () => {
    const ledger = await openTestLedger(location());
    await ledger.append(intentOf('a'));
    expect((await ledger.readJob('a'))?.outcomes).toEqual([]);

    await ledger.append(outcomeOf('a'));

    expect((await ledger.readJob('a'))?.outcomes).toHaveLength(1);
  });

  it('keeps what was handed over, not what became of the object later', async () => {
    const ledger = await openTestLedger(location());
    const tags: Record<string, string> = { project: 'x' };
    const appended = ledger.append(intentOf('a', { tags }));
    tags['project'] = 'y';
    await appended;

    expect((await ledger.readJob('a'))?.intents[0]?.tags).toEqual({ project: 'x' });
  });

  it('holds any key and text, also line ends, quotes and lone surrogates', async () => {
    const ledger = await openTestLedger(location());
    const keys = ['"', '\\', '\n', 'ключ-🧬', '\ud800', '\u2028', `${'é'.repeat(199)}"`];
    for (const key of keys) await ledger.append(intentOf(key, { name: key }));

    for (const key of keys) expect((await ledger.readJob(key))?.intents[0]).toMatchObject({ key, name: key });
    expect((await collect(ledger.jobs())).map(({ key }) => key)).toEqual(keys);
  });

  it('lists each job once, oldest first, by name, tag and time', async () => {
    const { clock, advance } = createManualClock();
    const ledger = await openTestLedger(location(), { clock });
    for (const [index, key] of ['c', 'a', 'b'].entries()) {
      await advance(1_000);
      await ledger.append(intentOf(key, { name: `job-${key}`, tags: { index: String(index) } }));
      await ledger.append(outcomeOf(key));
    }
    await ledger.append(intentOf('c', { submission: 2, name: 'job-c', reason: 'preempted' }));

    const keys = async (query: Parameters<typeof ledger.jobs>[0]) =>
      (await collect(ledger.jobs(query))).map(({ key }) => key);
    expect(await keys({})).toEqual(['c', 'a', 'b']);
    expect(await keys({ name: 'job-a' })).toEqual(['a']);
    expect(await keys({ tag: ['index', '2'] })).toEqual(['b']);
    expect(await keys({ since: new Date(Date.UTC(2026, 10, 23, 0, 0, 2)) })).toEqual(['a', 'b']);
    expect((await ledger.readJob('c'))?.intents.map(({ submission }) => submission)).toEqual([1, 2]);
  });

  it('yields the records themselves for the audit, with where they stand', async () => {
    const ledger = await openTestLedger(location());
    await ledger.append(intentOf('a', { name: 'one' }));
    await ledger.append(outcomeOf('a'));
    await ledger.append(intentOf('b', { name: 'two' }));

    const all = await collect(ledger.records());
    expect(all.map(({ type, n }) => [n, type])).toEqual([
      [0, 'segment'],
      [1, 'intent'],
      [2, 'outcome'],
      [3, 'intent'],
    ]);
    expect(all[0]).toMatchObject({ schema: 1, ledger: ledger.id, session: ledger.session, segment: ledger.session.id });
    expect(await collect(ledger.records({ key: 'a' }))).toHaveLength(2);
    expect(await collect(ledger.records({ name: 'one' }))).toHaveLength(2);
    expect(await collect(ledger.records({ types: ['intent'] }))).toHaveLength(2);
    expect(await collect(ledger.records({ since: new Date(Date.now() + 60_000) }))).toEqual([]);
  });

  it('reads one record again by its position, and says when it is not there', async () => {
    const ledger = await openTestLedger(location());
    await ledger.append(intentOf('a'));
    const position = await ledger.append(outcomeOf('a'));

    expect(await ledger.readRecord(position)).toMatchObject({ type: 'outcome', n: position.n });
    const wrong = ledger.readRecord({ ...position, offset: position.offset + 1 });
    await expect(wrong).rejects.toSatisfy(LedgerDamagedError.isInstance);
  });

  it('gives a name to one claimer for ever, and tells the others who', async () => {
    const ledger = await openTestLedger(location());
    expect(await ledger.readClaim('screen\x001')).toBeUndefined();

    const outcomes = await Promise.all([1, 2, 3].map((who) => ledger.claim('screen\x001', { who })));

    expect(outcomes.map(({ type }) => type).sort()).toEqual(['held', 'held', 'won']);
    const holder = await ledger.readClaim('screen\x001');
    expect(holder).toMatchObject({ name: 'screen\x001', session: ledger.session, segment: ledger.session.id });
    for (const outcome of outcomes) if (outcome.type === 'held') expect(outcome.by).toEqual(holder);
    const { n } = await ledger.append(intentOf('screen'));
    expect(n).toBeGreaterThanOrEqual(holder?.n ?? Number.NaN);
  });

  it('takes a dead owner over along the chain of takeovers', async () => {
    const ledger = await openTestLedger(location());
    await ledger.append(intentOf('a'));
    await ledger.append({ type: 'takeover', key: 'a', from: 'nobody' });

    expect((await ledger.readJob('a'))?.owner).toEqual(ledger.session);
  });

  it('refuses what it adds itself, and what is no JSON, before anything is written', async () => {
    const ledger = await openTestLedger(location());
    await expect(ledger.append({ type: 'note', message: 'x', prev: 'y' })).rejects.toThrow('no member "prev"');
    await expect(ledger.append({ type: 'note', message: 'x', big: 1n as never })).rejects.toThrow(TypeError);
    expect(await collect(ledger.records())).toEqual([]);
  });

  it('stops waiting when aborted, and records all the same', async () => {
    const ledger = await openTestLedger(location());
    const controller = new AbortController();
    const appended = ledger.append(intentOf('a'), { signal: controller.signal });
    controller.abort(new Error('enough'));

    await expect(appended).rejects.toThrow('enough');
    await ledger.append(outcomeOf('a'));
    expect(await ledger.readJob('a')).toBeDefined();
  });

  it('confirms what waits when it is closed, ends its segment, and records no more', async () => {
    const ledger = await openTestLedger(location());
    const appended = ledger.append(intentOf('a'));
    await ledger.close();
    await ledger.close();

    expect(await appended).toMatchObject({ n: 1 });
    await expect(ledger.append(outcomeOf('a'))).rejects.toSatisfy(LedgerClosedError.isInstance);
    await expect(ledger.claim('x')).rejects.toSatisfy(LedgerClosedError.isInstance);
    expect((await collect(ledger.records())).at(-1)).toMatchObject({ type: 'note', event: 'segment-closed' });
    expect(await ledger.sessionState(ledger.session)).toBe('dead');
  });
});
