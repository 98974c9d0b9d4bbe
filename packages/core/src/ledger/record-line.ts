import { hash } from 'node:crypto';
import type { LedgerEntry, RecordFrame, SegmentEntry } from './ledger-record.ts';

/** `prev` of the first line of a segment. */
export const NO_HASH = '0'.repeat(64);

/** SHA-256 of one line's bytes with its line end: what `sed -n 5p segment.jsonl | sha256sum` prints. */
export function lineHash(line: Uint8Array): string {
  return hash('sha256', line, 'hex');
}

/**
 * The members of an entry as JSON text, `"type":…,"key":…,…`, without the braces. Taken when the entry is handed over, so that
 * a later change of the object changes nothing; `type` and `key` come first, so that a reader can find them without parsing.
 */
export function entryText(entry: LedgerEntry | SegmentEntry): string {
  for (const name of FRAME) {
    if (name in entry) throw new TypeError(`A ledger entry has no member "${name}": the ledger adds it itself.`);
  }
  const text = JSON.stringify(entry);
  return (IN_ORDER.test(text) ? text : JSON.stringify(inOrder(entry))).slice(1, -1);
}

/** One whole line, its line end included. */
export function recordLine({ n, prev, at, again }: RecordFrame, text: string): string {
  const twice = again ? `,"again":${JSON.stringify(again)}` : '';
  return `{"n":${n},"prev":"${prev}","at":"${at}",${text}${twice}}\n`;
}

export interface LineStart {
  readonly n: number;
  readonly prev: string;
  readonly at: string;
  readonly type: string;
  /** As JSON text whose letters are the UTF-8 bytes, for comparing only. */
  readonly key?: string;
}

/** Reads what comes first in a line, without parsing the rest; `undefined` when it does not begin as our lines do. */
export function lineStart(buffer: Buffer, start: number, end: number): LineStart | undefined {
  const match = START.exec(buffer.toString('latin1', start, Math.min(end, start + START_BYTES)));
  if (!match) return undefined;
  const [, n, prev, at, type, key] = match;
  if (prev === undefined || at === undefined || type === undefined) return undefined;
  return { n: Number(n), prev, at, type, ...(key === undefined ? {} : { key }) };
}

/** What `lineStart` gives for this key. */
export function keyText(key: string): string {
  return Buffer.from(JSON.stringify(key)).toString('latin1');
}

function inOrder(entry: object): object {
  const { type, key, ...rest } = entry as Readonly<Record<string, unknown>>;
  return { type, ...(key === undefined ? {} : { key }), ...rest };
}

const FRAME = ['n', 'prev', 'at', 'again'] as const;
const IN_ORDER = /^\{"type":"[a-z]+"(?:,"key":|,(?!.*"key":)|\})/s;
const START =
  /^\{"n":(\d{1,15}),"prev":"([0-9a-f]{64})","at":"([^"\\]{0,40})","type":"([a-z]{1,20})"(?:,"key":("(?:[^"\\]|\\.)*"))?/;
// The frame, and a key of 200 characters at its longest: 4 bytes each, or 6 when escaped.
const START_BYTES = 1_536;
