import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobRef, JobStatus } from '@scijob/core/adapter';
import { isFinal } from '@scijob/core/adapter';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toCallContext } from './call-context.fixture.ts';
import { aJob, anArray, aShellJob, observe, submit, tokenOf, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';
import { readRecord } from './runner/read-record.ts';
import { readRetries } from './runner/retries-file.ts';

let local: LocalFixture;
/** Of each test its own. */
let ran: string;
let place: string;
beforeAll(async () => {
  local = await aLocal({ cpus: 4 });
});
beforeEach(() => {
  place = mkdtempSync(join(local.directory, 'test-'));
  ran = join(place, 'ran');
});
afterAll(() => local.remove());

const context = toCallContext();
const items = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));
const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []);
const soon = (times: number) => ({ times, delaySeconds: 0.1 });
const taskOf = (ref: JobRef, index = 0) => join(local.paths.jobs, tokenOf(ref), 'tasks', String(index));

/** All that a client sees on the way to the end, which comes with attempt `last`. */
async function follow(ref: JobRef, last: string): Promise<readonly JobStatus[]> {
  const seen: JobStatus[] = [];
  for (let isEnded = false; !isEnded; ) {
    const logs = await local.adapter.readLogs(ref, { tailLines: 1 }, context);
    const artifacts = await local.adapter.listArtifacts(ref, {}, context);
    const { status } = await observe(local.adapter, ref);
    seen.push(status);
    isEnded = isFinal(status);
    // What is read before the last attempt's end is not all there is.
    if (status.attempt !== last) expect([logs.end, artifacts.end]).toEqual([false, false]);
    await context.pause(10);
  }
  return seen;
}

it('tries a failed task again as the next attempt, in a clean directory, and shows the newest all along', async () => {
  const input = join(place, 'input');
  writeFileSync(input, 'data');
  const script = `echo "$SCIJOB_ATTEMPT: $(ls | tr '\\n' ' ')$(cat in)"; echo dirt > in.copy; rm in
    echo $SCIJOB_ATTEMPT > out; printf unended; [ $SCIJOB_ATTEMPT = 1.2 ] || exit 3`;
  const job = aShellJob(script, {
    inputs: { in: input },
    outputs: { out: { type: 'file', path: 'out', optional: false } },
    retry: { 'exit-nonzero': soon(5) },
  });
  const ref = await submit(local.adapter, job);

  const seen = await follow(ref, '1.2');
  const { status, usage, evidence } = await until(local.adapter, ref);
  const logs = await local.adapter.readLogs(ref, {}, context);
  const second = await local.adapter.readLogs(ref, { attempt: '1.1' }, context);
  const artifacts = await local.adapter.listArtifacts(ref, {}, context);
  const listed = artifacts.items[0];
  if (!listed) throw new Error('no artifact');
  const content = await new Response(await local.adapter.openArtifact(ref, listed, undefined, context)).text();

  expect(status).toMatchObject({ state: 'succeeded', attempt: '1.2', exitCode: 0 });
  expect(seen.filter(isFinal).length).toBe(1);
  expect([...new Set(seen.map(({ attempt }) => attempt))]).toEqual(['1.0', '1.1', '1.2']);
  expect(seen.find(({ state }) => state === 'held')).toMatchObject({ raw: expect.stringContaining('exit-nonzero') });
  expect(logs.lines.map(({ attempt, text }) => `${attempt} ${text}`)).toEqual(
    ['1.0', '1.1', '1.2'].flatMap((one) => [`${one} ${one}: in data`, `${one} unended`]),
  );
  expect(logs.end).toBe(true);
  expect(second.lines.map(({ attempt }) => attempt)).toEqual(['1.1', '1.1']);
  expect(second.end).toBe(true);
  expect([artifacts.items.length, content]).toEqual([1, '1.2\n']);
  expect(usage?.queuedSeconds).toBeGreaterThan(0.1);
  expect(evidence).toMatchObject({
    ended: { restart: 2 },
    before: [
      { end: { reason: 'exit-nonzero', exitCode: 3, wallSeconds: expect.any(Number) } },
      { end: { restart: 1 } },
    ],
  });
  expect(readRecord(taskOf(ref), 'end')).toMatchObject({ attempt: '1.0', exitCode: 3 });
});

it('shows all lines of an attempt before those of the next', async () => {
  const script = '[ $SCIJOB_ATTEMPT = 1.1 ] || { seq 60000; exit 1; }; echo done';
  const ref = await submit(local.adapter, aShellJob(script, { retry: { 'exit-nonzero': soon(1) } }));
  await until(local.adapter, ref);

  const attempts: string[] = [];
  for (let cursor: string | undefined, isEnded = false; !isEnded; ) {
    const page = await local.adapter.readLogs(ref, { ...(cursor !== undefined && { cursor }) }, context);
    attempts.push(...page.lines.map(({ attempt }) => attempt));
    ({ cursor, end: isEnded } = page);
  }

  expect(attempts).toEqual([...Array.from({ length: 60_000 }, () => '1.0'), '1.1']);
});

it('counts each kind of failure by itself, and waits before each time', async () => {
  const script = `echo $SCIJOB_ATTEMPT >> ${ran}; [ $SCIJOB_ATTEMPT = 1.1 ] && sleep 20; exit 1`;
  const retry = { 'exit-nonzero': soon(1), 'time-limit': soon(1), 'output-missing': soon(3) };
  const ref = await submit(local.adapter, aShellJob(script, { timeLimitSeconds: 1, retry }));

  const { status } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'failed', reason: 'exit-nonzero', attempt: '1.2' });
  expect(linesOf(ran)).toEqual(['1.0', '1.1', '1.2']);
  const before = readRetries(join(taskOf(ref), 'retries'));
  expect(before.map(({ end }) => end.reason)).toEqual(['exit-nonzero', 'time-limit']);
  for (const [at, { dueAt }] of before.entries()) {
    const start = readRecord(join(taskOf(ref), `1.${at + 1}`), 'start');
    // The wrapper's clock counts in hundredths.
    expect(start?.startedAt.getTime()).toBeGreaterThan(dueAt - 20);
  }
});

it('keeps to its budget when the runner is killed between the times and during them', async () => {
  const script = `echo $SCIJOB_ATTEMPT >> ${ran}; sleep 0.3; exit 1`;
  const retry = { 'exit-nonzero': { times: 2, delaySeconds: 0.5 } };
  const ref = await submit(local.adapter, aShellJob(script, { retry }));
  const states: JobStatus[] = [];
  const see = (wanted: (status: JobStatus) => boolean) =>
    until(local.adapter, ref, ({ status }) => {
      states.push(status);
      return wanted(status);
    });
  await see(({ state }) => state === 'held');
  await local.killRunner();
  await see(({ state, attempt }) => state === 'running' && attempt === '1.1');
  await local.killRunner();
  // With no runner alive, the record of a failure is no end of the task.
  const end = join(taskOf(ref), '1.1');
  while (readRecord(end, 'end') === undefined) await context.pause(20);
  const logs = await local.adapter.readLogs(ref, {}, context);
  const artifacts = await local.adapter.listArtifacts(ref, {}, context);

  const { status } = await see(isFinal);

  expect(status).toMatchObject({ state: 'failed', reason: 'exit-nonzero', attempt: '1.2' });
  expect(states.filter(isFinal).length).toBe(1);
  expect([logs.end, artifacts.end]).toEqual([false, false]);
  expect(linesOf(ran)).toEqual(['1.0', '1.1', '1.2']);
});

it('tries again only those tasks of an array that failed, and keeps who waits for them waiting', async () => {
  const script = `echo "$SCIJOB_INDEX $SCIJOB_ATTEMPT" | tee -a ${ran}
    case "$SCIJOB_INDEX $SCIJOB_ATTEMPT" in '1 1.0'|2*) exit 4;; esac`;
  const job = anArray(items(4), aShellJob(script, { retry: { 'exit-nonzero': soon(2) } }));
  const ref = await submit(local.adapter, job);
  const each = anArray(items(4), aShellJob(`echo "$SCIJOB_INDEX child" >> ${ran}`));
  const child = await submit(local.adapter, each, [{ ref, condition: 'aftercorr' }]);

  const seen = await follow(ref, '1.2');
  const { status, counts } = await until(local.adapter, ref);
  const rows = await local.adapter.listChildren(ref, { states: ['succeeded', 'failed'] }, context);
  await until(local.adapter, ref, () => existsSync(join(local.paths.jobs, tokenOf(ref), 'ended')));
  const { lines, end } = await local.adapter.readLogs(ref, {}, context);
  const ended = await until(local.adapter, child);

  expect(status).toMatchObject({ state: 'failed', attempt: '1.2' });
  expect(counts).toEqual({ succeeded: 3, failed: 1 });
  expect(seen.map((one) => Number(one.attempt.slice(2))).every((one, at, all) => one >= (all[at - 1] ?? 0))).toBe(true);
  expect(rows.items.map((row) => `${row.child} ${row.status.state} ${row.status.attempt}`).toSorted()).toEqual([
    '0 succeeded 1.0',
    '1 succeeded 1.1',
    '2 failed 1.2',
    '3 succeeded 1.0',
  ]);
  expect(lines.map((line) => `${line.child} ${line.attempt}`).toSorted()).toEqual(
    lines.map(({ text }) => text).toSorted(),
  );
  expect([lines.length, end]).toEqual([7, true]);
  expect(ended.counts).toEqual({ succeeded: 3, failed: 1 });
  const order = linesOf(ran);
  expect(order.indexOf('1 child')).toBeGreaterThan(order.indexOf('1 1.1'));
  expect(order).not.toContain('2 child');
});

it('does not try again what was cancelled meanwhile, nor what was cancelled between two times', async () => {
  const retry = { 'exit-nonzero': { times: 9, delaySeconds: 30 } };
  const script = `echo x >> ${ran}; exit 1`;
  const single = await submit(local.adapter, aShellJob(script, { retry }));
  const array = await submit(local.adapter, anArray(items(2), aShellJob(script, { retry })));
  const busy = await submit(local.adapter, aShellJob('trap "exit 1" TERM; while :; do sleep 0.02; done', { retry }));
  await until(local.adapter, single, ({ status }) => status.state === 'held');
  await until(local.adapter, array, ({ counts }) => counts?.held === 2);
  await until(local.adapter, busy, ({ status }) => status.state === 'running');
  const explanation = await local.adapter.explain?.(single, context);
  const held = await local.adapter.listChildren(array, { states: ['held'] }, context);

  await local.adapter.cancel([{ ref: single }, { ref: array, children: [0] }, { ref: busy }], 'enough', context);
  const { status } = await until(local.adapter, single);
  const { counts } = await until(local.adapter, array, (one) => one.counts?.cancelled === 1);
  const stopped = await until(local.adapter, busy);
  await local.adapter.cancel([{ ref: array }], 'all of it', context);
  const rest = await until(local.adapter, array);

  expect(held.items.map((row) => `${row.child} ${row.status.attempt}`).toSorted()).toEqual(['0 1.1', '1 1.1']);
  expect(explanation?.causes[0]?.text).toContain('is tried again at');
  expect(status).toMatchObject({ state: 'cancelled', attempt: '1.1', message: expect.stringContaining('tried again') });
  expect(counts).toEqual({ cancelled: 1, held: 1 });
  expect(stopped.status).toMatchObject({ state: 'cancelled', attempt: '1.0' });
  expect(rest.status).toMatchObject({ state: 'cancelled', attempt: '1.1' });
  expect(linesOf(ran)).toEqual(['x', 'x', 'x']);
});

it('waits for an input that is not there yet, when told to try again', async () => {
  const input = join(place, 'late');
  const job = aJob({ command: ['cat', 'in'], inputs: { in: input }, retry: { 'input-missing': soon(9) } });
  const ref = await submit(local.adapter, job);
  await until(local.adapter, ref, ({ status }) => status.attempt !== '1.0');
  writeFileSync(input, 'here');

  const { status } = await until(local.adapter, ref);

  expect(status.state).toBe('succeeded');
  expect((await local.adapter.readLogs(ref, {}, context)).lines.map(({ text }) => text)).toEqual(['here']);
});

it('plans a budget as what the runner does, or as never needed', async () => {
  const { features } = await local.adapter.plan(aJob({ retry: { 'exit-nonzero': 2, preempted: 3 } }), context);

  expect(features).toMatchObject([
    { feature: 'retry.exit-nonzero', support: 'native', note: expect.stringContaining('clean') },
    { feature: 'retry.preempted', support: 'native', note: expect.stringContaining('Never needed') },
  ]);
});
