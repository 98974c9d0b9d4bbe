import { type ChildObservation, isFinal, type LogPage, type Page, type Sweep } from '@scijob/core/adapter';
import { describe, expect, it } from 'vitest';
import { cutShort } from './cut-short.ts';
import { damagedBytes } from './damaged-bytes.ts';
import { duplicated } from './duplicated.ts';
import { earlierAttempt } from './earlier-attempt.ts';
import { emptyPage } from './empty-page.ts';
import { errorText } from './error-text.ts';
import type { Fault } from './fault.ts';
import { createFaults } from './faults.ts';
import { foreignRows } from './foreign-rows.ts';
import { notSeen } from './not-seen.ts';
import { partialSweep } from './partial-sweep.ts';
import { reordered } from './reordered.ts';
import { shortPage } from './short-page.ts';
import { stale } from './stale.ts';
import { stateGoesBack } from './state-goes-back.ts';
import { aContext, anArtifact, aRef, BYTES, stubBackend } from './stub-backend.fixture.ts';
import { unreadableRow } from './unreadable-row.ts';
import { endsEarly } from './violations/ends-early.ts';
import { linesTwice } from './violations/lines-twice.ts';
import { successInvented } from './violations/success-invented.ts';
import { everyNth, nth, withProbability } from './when.ts';
import { withFaults } from './with-faults.ts';

const at = new Date('2026-11-23T12:00:00Z');
const refs = Array.from({ length: 10 }, (_, index) => aRef(`job ${index}`));

function setUp(...list: readonly Fault[]) {
  const backend = stubBackend();
  const faults = createFaults(list, { seed: 7 });
  const adapter = withFaults(backend.adapter, faults);
  const look = (): Promise<Sweep> =>
    adapter.observe(
      refs.map((ref) => ({ ref })),
      aContext(),
    );
  return { backend, faults, adapter, look };
}

const keysOf = (rows: readonly { readonly ref: { readonly key: string } }[]) => rows.map(({ ref }) => ref.key);

/** All there is, page by page, as core reads. */
async function readAll<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.end) return items;
    cursor = page.cursor ?? cursor;
  }
  throw new Error('no end after 100 pages');
}

const children = (adapter: ReturnType<typeof setUp>['adapter']) =>
  readAll<ChildObservation>((cursor) =>
    adapter.listChildren(aRef(), cursor === undefined ? {} : { cursor }, aContext()),
  ).then((rows) => rows.map(({ child }) => child));
const artifacts = (adapter: ReturnType<typeof setUp>['adapter']) =>
  readAll((cursor) => adapter.listArtifacts(aRef(), cursor === undefined ? {} : { cursor }, aContext())).then((rows) =>
    rows.map(({ path }) => path),
  );
const lines = (adapter: ReturnType<typeof setUp>['adapter']) =>
  readAll(async (cursor) => {
    const page: LogPage = await adapter.readLogs(aRef(), cursor === undefined ? {} : { cursor }, aContext());
    return { items: page.lines, cursor: page.cursor, end: page.end };
  }).then((rows) => rows.map(({ text }) => text));

const ALL = [0, 1, 2, 3, 4, 5, 6];
const ALL_FILES = ALL.map((index) => `${index}.txt`);
const ALL_LINES = ALL.map((index) => `line ${index}`);

describe.each([
  ['short', () => shortPage(['listChildren', 'listArtifacts', 'readLogs'], withProbability(0.7))],
  ['of one row at most', () => shortPage(['listChildren', 'listArtifacts', 'readLogs'], everyNth(1), { rows: 1 })],
  ['empty', () => emptyPage(['listChildren', 'listArtifacts', 'readLogs'], withProbability(0.7))],
] as const)('pages that are %s', (_what, fault) => {
  it('lose and double nothing for who goes on until the end', async () => {
    const { adapter, faults } = setUp(fault());
    expect(await children(adapter)).toEqual(ALL);
    expect(await artifacts(adapter)).toEqual(ALL_FILES);
    expect(await lines(adapter)).toEqual(ALL_LINES);
    expect(new Set(faults.injected.map(({ method }) => method)).size).toBe(3);
  });
});

describe('a stale answer', () => {
  it('shows jobs as they were', async () => {
    const { backend, look } = setUp(stale('observe', nth(2)));
    await look();
    backend.status = { state: 'succeeded', attempt: '1.0', at };
    expect((await look()).seen.map(({ status }) => status.state)).toEqual(refs.map(() => 'running'));
    expect((await look()).seen.map(({ status }) => status.state)).toEqual(refs.map(() => 'succeeded'));
  });

  it('is one to the same question: pages read on are whole', async () => {
    const { adapter, faults } = setUp(stale(['listChildren', 'readLogs'], withProbability(0.5)));
    for (let times = 0; times < 4; times += 1) {
      expect(await children(adapter)).toEqual(ALL);
      expect(await lines(adapter)).toEqual(ALL_LINES);
    }
    expect(faults.injected.length).toBeGreaterThan(3);
  });
});

describe('a sweep', () => {
  it('that is partial covers only what it shows', async () => {
    const { look } = setUp(partialSweep());
    const { covered, seen } = await look();
    expect(covered.length).toBeGreaterThan(0);
    expect(covered.length).toBeLessThan(10);
    expect(keysOf(seen)).toEqual(covered.map(({ key }) => key));
  });

  it('that does not see covers all the same', async () => {
    const { look } = setUp(notSeen());
    expect(await look()).toMatchObject({ covered: refs, seen: [] });
  });

  it('that is reordered has the same rows', async () => {
    const { look } = setUp(reordered('observe'));
    const { seen } = await look();
    expect(keysOf(seen)).not.toEqual(refs.map(({ key }) => key));
    expect(keysOf(seen).sort()).toEqual(refs.map(({ key }) => key).sort());
  });

  it('that goes back shows as queued what was running', async () => {
    const { look } = setUp(stateGoesBack(nth(2)));
    await look();
    expect((await look()).seen.every(({ status }) => status.state === 'queued' && status.attempt === '1.0')).toBe(true);
  });

  it('with earlier attempts has the true row too', async () => {
    const { backend, look } = setUp(earlierAttempt());
    backend.status = { state: 'running', attempt: '2.3', at };
    const { seen } = await look();
    expect(seen.filter(({ status }) => status.attempt === '2.3')).toHaveLength(10);
    expect(seen.filter(({ status }) => status.attempt === '2.2' && isFinal(status))).toHaveLength(10);
  });

  it('with foreign rows shows other keys under the same ids', async () => {
    const { look } = setUp(foreignRows('observe'));
    const foreign = (await look()).seen.filter(({ ref }) => !refs.some(({ key }) => key === ref.key));
    expect(foreign.map(({ ref }) => ref.submissions)).toEqual(refs.map(({ submissions }) => submissions));
  });

  it('that is an error text is no sweep, though it was made', async () => {
    const { backend, look } = setUp(errorText('observe', nth(1), { text: 'slurm_load_jobs error' }));
    expect(await look()).toBe('slurm_load_jobs error');
    expect(backend.calls).toEqual(['observe 10']);
  });

  it('with an unreadable row has all the others', async () => {
    const { look } = setUp(unreadableRow('observe'));
    const { seen } = await look();
    expect(seen).toHaveLength(11);
    expect(keysOf(seen.filter(({ ref }) => ref !== undefined))).toEqual(refs.map(({ key }) => key));
  });

  it('may call anything a success: that is a violation', async () => {
    const { look } = setUp(successInvented());
    expect((await look()).seen.every(({ status }) => status.state === 'succeeded')).toBe(true);
  });
});

describe('rows that come twice', () => {
  it('come twice within a page and over its edge', async () => {
    const { adapter } = setUp(duplicated('listChildren'));
    expect(await children(adapter)).toEqual([0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6]);
  });

  it('may be log lines: that is a violation', async () => {
    const { adapter } = setUp(linesTwice(nth(1)));
    expect(await lines(adapter)).toEqual(['line 0', 'line 1', 'line 2', ...ALL_LINES]);
  });

  it('may be missing after an end that is none: that is a violation', async () => {
    const { adapter } = setUp(endsEarly('readLogs', nth(2)));
    expect(await lines(adapter)).toEqual(['line 0', 'line 1', 'line 2']);
  });

  it('may be of children that are not there', async () => {
    const { adapter } = setUp(foreignRows('listChildren', nth(1)));
    expect(await children(adapter)).toEqual([14, ...ALL]);
  });
});

describe('bytes of an artifact', () => {
  const open = async (fault: Fault) => {
    const stream = await setUp(fault).adapter.openArtifact(aRef(), anArtifact(), undefined, aContext());
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  it('are damaged in one bit', async () => {
    const bytes = await open(damagedBytes());
    expect(bytes).toHaveLength(BYTES.length);
    expect(bytes.filter((byte, place) => byte !== BYTES[place])).toHaveLength(1);
  });

  it('are cut short, the beginning as it was', async () => {
    const bytes = await open(cutShort());
    expect(bytes.length).toBeLessThan(BYTES.length);
    expect(bytes).toEqual(BYTES.slice(0, bytes.length));
  });

  it('stall, and the reader can leave', async () => {
    const { adapter } = setUp(cutShort(undefined, { ending: 'stalls' }));
    const stream = await adapter.openArtifact(aRef(), anArtifact(), undefined, aContext());
    const reader = stream.getReader();
    const reading = reader.read().then(() => reader.read());
    await reader.cancel();
    expect(await reading).toMatchObject({ done: true });
  });
});
