import { expect, it } from 'vitest';
import { outcomeOf } from './ledger.fixture.ts';
import type { LedgerEntry } from './ledger-record.ts';
import { entryText, keyText, lineHash, lineStart, NO_HASH, recordLine } from './record-line.ts';

it('begins each line so that number, chain, type and key are found without parsing the rest', () => {
  const { type, key, ...rest } = outcomeOf('a "quoted" ключ\n');
  const inAnotherOrder: LedgerEntry = { ...rest, key, type };
  const at = '2026-11-23T00:00:00.000Z';
  const line = Buffer.from(recordLine({ n: 7, prev: NO_HASH, at }, entryText(inAnotherOrder)));

  expect(lineStart(line, 0, line.length)).toEqual({ n: 7, prev: NO_HASH, at, type: 'outcome', key: keyText(key) });
  expect(JSON.parse(line.toString())).toEqual({ n: 7, prev: NO_HASH, at, ...inAnotherOrder });
  expect(lineStart(Buffer.from('{"n":7}'), 0, 7)).toBeUndefined();
});

it('hashes the bytes of a line with its line end, as `sha256sum` does', () => {
  expect(lineHash(Buffer.from('abc\n'))).toBe('edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb');
});
