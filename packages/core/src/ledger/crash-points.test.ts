import { afterAll, describe, expect, it } from 'vitest';
import {
  ARCHIVE,
  enumerateLedgerCrashes,
  type LedgerCrashes,
  type LedgerSession,
  type LedgerWork,
} from './crash-points.fixture.ts';
import { collect, endOf, intentOf, outcomeOf } from './ledger.fixture.ts';
import type { LedgerEntry } from './ledger-record.ts';

const total = { moments: 0, recovered: 0 };
afterAll(() => {
  console.info(
    `Crashes of ledgers: stopped at ${total.moments} moments, ${total.recovered} disks left behind that differ.`,
  );
});

function judge({ broken, moments, recovered }: LedgerCrashes, atLeast: { moments: number; recovered: number }): void {
  total.moments += moments;
  total.recovered += recovered;
  expect(broken.slice(0, 5)).toEqual([]);
  expect(moments).toBeGreaterThanOrEqual(atLeast.moments);
  expect(recovered).toBeGreaterThanOrEqual(atLeast.recovered);
}

async function record({ ledger, promise }: LedgerSession, ...entries: readonly LedgerEntry[]): Promise<void> {
  await Promise.all(entries.map((entry) => ledger.append(entry).then(() => promise({ entries: [entry] }))));
}

async function claim({ ledger, promise }: LedgerSession, name: string): Promise<void> {
  const { type } = await ledger.claim(name);
  if (type === 'won') promise({ claims: [[name, ledger.session.id]] });
}

async function put({ ledger, promise }: LedgerSession, text: string): Promise<void> {
  const { sha256 } = await ledger.putPayload(text);
  promise({ payloads: [[sha256, text]] });
}

/** Whatever a reader is shown, somebody may go by. */
const lookAround: LedgerWork = async ({ ledger, promise }) => {
  for await (const { intents, outcomes, ends } of ledger.jobs()) {
    promise({ entries: [...intents, ...outcomes, ...ends].map(entryOf) });
  }
  promise({ anchors: [await ledger.anchor()] });
};

function entryOf({
  n: _n,
  prev: _prev,
  at: _at,
  again: _again,
  ...entry
}: LedgerEntry & { n: number; prev: string; at: string; again?: unknown }): LedgerEntry {
  return entry as LedgerEntry;
}

const oneOfEach: LedgerWork = async (session) => {
  await claim(session, 'a');
  await record(session, intentOf('a'));
  await record(session, outcomeOf('a'), { type: 'attempt', key: 'a', attempt: '1.0', evidence: {} });
  await record(
    session,
    { type: 'cancel', key: 'a', reason: 'enough' },
    { type: 'duty', key: 'a', duty: 'retry', state: 'done' },
  );
  await record(session, endOf('a', 'succeeded'));
  await record(session, { type: 'takeover', key: 'a', from: 'b' }, { type: 'note', message: 'é 😀' });
  await session.ledger.close();
};

describe('a ledger whose session is stopped at every moment', { timeout: 300_000 }, () => {
  it('keeps what it confirmed, and is found intact, with its last write torn at every byte', async () => {
    judge(await enumerateLedgerCrashes([oneOfEach], { tears: 'every-byte' }), { moments: 80, recovered: 2_500 });
  });

  it('keeps payloads and claims once they are confirmed', async () => {
    const work: LedgerWork = async (session) => {
      await put(session, 'one');
      await Promise.all([put(session, 'two'), put(session, 'one'), claim(session, 'a'), claim(session, 'b')]);
      await record(session, intentOf('a'));
      await put(session, 'three');
    };
    judge(await enumerateLedgerCrashes([work]), { moments: 50, recovered: 50 });
  });
});

describe('a ledger whose next session is stopped at every moment, too', { timeout: 300_000 }, () => {
  it('takes nothing back that somebody was shown or an anchor holds', async () => {
    const first: LedgerWork = async (session) => {
      await claim(session, 'a');
      await record(session, intentOf('a'), intentOf('b'));
      await record(session, outcomeOf('a'), endOf('a', 'succeeded'));
    };
    const second: LedgerWork = async (session) => {
      await lookAround(session);
      await record(session, intentOf('c'));
      await claim(session, 'a');
      await claim(session, 'c');
      await lookAround(session);
    };
    judge(await enumerateLedgerCrashes([first, second]), { moments: 1_000, recovered: 1_000 });
  });

  it('has each record of archived segments in the ledger or in the archive', async () => {
    const first: LedgerWork = async (session) => {
      await record(session, intentOf('a'), outcomeOf('a'), endOf('a', 'succeeded'));
      await session.ledger.close();
    };
    const second: LedgerWork = async ({ ledger }) => {
      await ledger.archive(ARCHIVE);
    };
    const options = { unharmed: 1, isArchived: true };
    judge(await enumerateLedgerCrashes([first, second, second], options), { moments: 1_000, recovered: 1_000 });
  });
});

it('finds every job of a large segment, whatever a crash left of its snapshot', async () => {
  const first: LedgerWork = async (session) => {
    await record(session, ...Array.from({ length: 1_001 }, (_, index) => intentOf(`${index}`)));
    await session.ledger.close();
  };
  const second: LedgerWork = async ({ ledger }) => {
    expect(await collect(ledger.jobs())).toHaveLength(1_001);
  };
  const enumeration = await enumerateLedgerCrashes([first, second], { unharmed: 1 });
  judge(enumeration, { moments: 5, recovered: 5 });
  expect([...enumeration.names]).toContain('after snapshot:rename');
});
