import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EndLine } from '../end-line.ts';
import { aJob, aPart } from '../job.fixture.ts';
import { toPartRecord } from '../part-record.ts';
import { PartRun } from './part-run.ts';
import { readRetries } from './retries-file.ts';
import { settleAttempt } from './settle-attempt.ts';

let part: PartRun;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scijob-settle-'));
  const pool = { cpus: 1, memoryGiB: 1, gpus: 0 };
  const rest = { machine: 'm', pool, baseEnvironment: {}, launcher: [], preparedAt: new Date().toISOString() };
  mkdirSync(join(folder, 'cancel'));
  mkdirSync(join(folder, 'tasks', '0'), { recursive: true });
  const record = toPartRecord(aPart(aJob({ retry: { 'exit-nonzero': 2 } })), rest);
  writeFileSync(join(folder, 'part.json'), JSON.stringify(record));
  const opened = await PartRun.open('token', folder, 'm');
  if (!opened) throw new Error('not opened');
  part = opened;
});
afterEach(() => rmSync(folder, { recursive: true }));

const line: EndLine = { index: 0, state: 'failed', at: 1, reason: 'exit-nonzero' };
const hasVerdict = () => existsSync(join(folder, 'tasks', '0', 'verdict'));

it('writes a further attempt down once, however often the same end is looked at', () => {
  const attempt = { part, index: 0, attempt: '1.0' } as const;
  const first = settleAttempt(attempt, { line, isOwn: false });
  const again = settleAttempt(attempt, { line, isOwn: false });

  expect(first).toMatchObject({ end: line });
  expect(again).toEqual(first);
  expect(readRetries(part.retriesPath(0))).toEqual([first]);
  expect(hasVerdict()).toBe(false);
});

it('writes a failure down as the end when it was the last, as its records alone do not say so', () => {
  for (const attempt of ['1.0', '1.1'] as const) settleAttempt({ part, index: 0, attempt }, { line, isOwn: false });

  expect(settleAttempt({ part, index: 0, attempt: '1.2' }, { line, isOwn: false })).toBeUndefined();
  expect(hasVerdict()).toBe(true);
});

it('takes a failure for the end once somebody wants the task ended', () => {
  part.cancelledAll = { reason: 'enough', at: '' };

  expect(settleAttempt({ part, index: 0, attempt: '1.0' }, { line, isOwn: false })).toBeUndefined();
  expect([hasVerdict(), readRetries(part.retriesPath(0))]).toEqual([true, []]);
});
