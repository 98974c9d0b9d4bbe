import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../seam/system-clock.ts';
import type { Ledger } from './ledger.ts';
import type { EndEntry, IntentEntry, OutcomeEntry } from './ledger-record.ts';
import { type OpenLedgerOptions, openLedger } from './open-ledger.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scijob-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A logger that keeps its warnings. */
export function createQuietLogger() {
  const warnings: string[] = [];
  const say = () => {};
  return {
    warnings,
    debug: say,
    info: say,
    error: say,
    warn: (_fields: object, text: string) => void warnings.push(text),
  };
}

export async function openTestLedger(location: string, options: Partial<OpenLedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger(location, { clock: systemClock, logger: createQuietLogger(), ...options });
  onTestFinished(() => ledger.close().catch(() => {}));
  return ledger;
}

export function intentOf(key: string, more: Partial<IntentEntry> = {}): IntentEntry {
  return {
    type: 'intent',
    key,
    keyGiven: false,
    submission: 1,
    name: 'screen',
    kind: 'command',
    shape: 'job',
    adapterId: 'null',
    adapterName: 'null',
    target: { adapter: 'null', id: 'here', describe: {} },
    jobHash: '0'.repeat(64),
    job: { name: 'screen', command: ['true'] },
    parts: [{ part: 0, token: 'a'.repeat(32) }],
    places: {},
    duties: [],
    ...more,
  };
}

export function outcomeOf(key: string, more: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return { type: 'outcome', key, submission: 1, part: 0, outcome: 'accepted', nativeId: '17', ...more };
}

export function endOf(key: string, state: 'succeeded' | 'failed' | 'lost', more: Partial<EndEntry> = {}): EndEntry {
  const attempt = more.attempt ?? '1.0';
  const status = { state, attempt, at: '2026-11-23T00:00:00.000Z' };
  return {
    type: 'end',
    key,
    attempt,
    status: state === 'succeeded' ? { ...status, exitCode: 0 } : { ...status, reason: 'unknown', message: 'It ended.' },
    evidence: {},
    ...more,
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
