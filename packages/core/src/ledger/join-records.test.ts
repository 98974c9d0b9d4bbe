import { describe, expect, it } from 'vitest';
import { type FoundRecord, joinRecords } from './join-records.ts';
import { endOf, intentOf, outcomeOf } from './ledger.fixture.ts';
import type { LedgerEntry, LedgerRecord } from './ledger-record.ts';

describe('the join', () => {
  it('is the same for every order and repetition of what contradicting sessions wrote', () => {
    const records = found(
      ['s1', intentOf('a', { duties: ['retry', 'next shard'] })],
      ['s1', outcomeOf('a', { outcome: 'unknown', nativeId: undefined as never, cause: 'reset' })],
      ['s2', outcomeOf('a', { nativeId: '18' })],
      ['s3', outcomeOf('a', { nativeId: '17' })],
      // What stands twice after a failed write.
      ['s3-2', outcomeOf('a', { nativeId: '17' })],
      ['s1-2', intentOf('a', { duties: ['retry', 'next shard'] })],
      ['s2', { type: 'takeover', key: 'a', from: 's1' }],
      ['s3', { type: 'takeover', key: 'a', from: 's2' }],
      ['s2', endOf('a', 'lost')],
      ['s3', endOf('a', 'failed')],
      ['s1', endOf('a', 'succeeded')],
      ['s3', intentOf('a', { submission: 2, reason: 'node failure' })],
      ['s3', outcomeOf('a', { submission: 2, nativeId: '20' })],
      ['s3', { type: 'attempt', key: 'a', attempt: '2.1', evidence: null }],
      ['s2', endOf('a', 'failed', { attempt: '2.1' })],
      ['s1', endOf('a', 'succeeded', { attempt: '2.1' })],
      ['s1', { type: 'duty', key: 'a', duty: 'retry', state: 'done' }],
      ['s2', { type: 'duty', key: 'a', duty: 'retry', state: 'due' }],
      ['s2', { type: 'duty', key: 'a', duty: 'next shard', state: 'abandoned' }],
      ['s2', { type: 'cancel', key: 'a', reason: 'enough' }],
      ['s1', { type: 'cancel', key: 'a', reason: 'enough' }],
    );
    const expected = joinRecords('a', records);
    expect(expected).toMatchObject({
      outcomes: [{ nativeId: '17' }, { nativeId: '20' }],
      duplicates: [{ nativeId: '18' }],
      end: { attempt: '2.1', status: { state: 'succeeded' } },
      owner: { id: 's3' },
      duties: [
        { duty: 'next shard', state: 'abandoned' },
        { duty: 'retry', state: 'done' },
      ],
    });

    for (let seed = 1; seed <= 500; seed += 1) {
      const random = randomFrom(seed);
      const mixed = [...records, ...records.filter(() => random() < 0.3)]
        .map((record) => [random(), record] as const)
        .sort(([a], [b]) => a - b)
        .map(([, record]) => record);
      expect(joinRecords('a', mixed), `seed ${seed}`).toEqual(expected);
    }
  });

  it('knows nothing of a key without an intent', () => {
    expect(joinRecords('a', found(['s1', outcomeOf('a')]))).toBeUndefined();
  });

  it('lets accepted count before refused, absent and unknown', () => {
    const ranked = ['unknown', 'absent', 'refused', 'accepted'] as const;
    for (const [rank, better] of ranked.entries()) {
      for (const worse of ranked.slice(0, rank)) {
        const records = found(
          ['s1', intentOf('a')],
          ['s1', outcomeOf('a', { outcome: better })],
          ['s2', outcomeOf('a', { outcome: worse })],
        );
        expect(joinRecords('a', records)?.outcomes).toMatchObject([{ outcome: better }]);
      }
    }
  });

  const ends = (...entries: readonly LedgerEntry[]) =>
    joinRecords('a', found(['s1', intentOf('a')], ...entries.map((entry) => ['s2', entry] as const)))?.end?.status
      .state;

  it('corrects what was lost by whatever was seen of it', () => {
    expect(ends(endOf('a', 'lost'))).toBe('lost');
    const lost = endOf('a', 'lost', { evidence: { weight: 5 } });
    expect(ends(endOf('a', 'succeeded'), lost)).toBe('succeeded');
    expect(ends(endOf('a', 'failed'), lost)).toBe('failed');
  });

  it('believes the better evidence, and of two as good the worse end', () => {
    const heavy = endOf('a', 'succeeded', { evidence: { weight: 2 } });
    expect(ends(heavy, endOf('a', 'failed', { evidence: { weight: 1 } }))).toBe('succeeded');
    expect(ends(endOf('a', 'failed'), endOf('a', 'succeeded'))).toBe('succeeded');
    const withoutCode = { state: 'succeeded', attempt: '1.0', at: '2026-11-23T00:00:00.000Z' } as const;
    for (const evidence of [{ a: 1 }, { c: 1 }]) {
      const success = endOf('a', 'succeeded', { status: withoutCode, evidence });
      expect(ends(success, endOf('a', 'failed', { evidence: { b: 1 } }))).toBe('failed');
    }
  });

  it('shows no end while a later attempt or submission is known', () => {
    expect(ends(endOf('a', 'failed'), { type: 'attempt', key: 'a', attempt: '1.1', evidence: null })).toBeUndefined();
    expect(ends(endOf('a', 'failed'), intentOf('a', { submission: 2 }))).toBeUndefined();
    expect(ends(endOf('a', 'failed'), endOf('a', 'succeeded', { attempt: '1.1' }))).toBe('succeeded');
  });
});

function found(...written: readonly (readonly [session: string, entry: LedgerEntry])[]): FoundRecord[] {
  const counts = new Map<string, number>();
  return written.map(([id, entry], index) => {
    const n = (counts.get(id) ?? 0) + 1;
    counts.set(id, n);
    const at = new Date(1_000_000 - index).toISOString();
    return {
      record: { n, prev: '', at, ...entry } as LedgerRecord,
      position: { segment: id, n, offset: n * 100, length: 100 },
      session: { id, host: 'h', bootId: 'b', pid: 1, startTime: '1' },
    };
  });
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
