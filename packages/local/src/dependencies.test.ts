import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DependencyCondition, FinalState, JobRef, TaskRange } from '@scijob/core/adapter';
import { isFinal } from '@scijob/core/adapter';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toCallContext } from './call-context.fixture.ts';
import { aJob, anArray, aPart, aShellJob, observe, submit, tokenOf, toRef, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';
import { toTarget } from './to-target.ts';

let local: LocalFixture;
/** Of each test its own. */
let place: string;
let ran: string;
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
const says = (word: string) => `echo ${word} >> ${ran}`;
const waitsFor = (file: string) => `until [ -e ${join(place, file)} ]; do sleep 0.02; done`;
const go = (file: string) => writeFileSync(join(place, file), '');
/** The mark that all have ended follows their lines. */
const isSealed = (ref: JobRef) => existsSync(join(local.paths.jobs, tokenOf(ref), 'ended'));
const after = (ref: JobRef, condition: DependencyCondition) => [{ ref, condition }];

it('holds a job until the one before it has succeeded, and says what it waits for', async () => {
  const parent = await submit(local.adapter, aShellJob(`${waitsFor('go')}; ${says('parent')}`));
  const child = await submit(local.adapter, aShellJob(says('child')), after(parent, 'afterok'));
  await until(local.adapter, parent, ({ status }) => status.state === 'running');

  const { status } = await observe(local.adapter, child);
  const explanation = await local.adapter.explain?.(child, context);
  go('go');
  const ended = await until(local.adapter, child);

  expect(status).toMatchObject({ state: 'held', waitingFor: 'dependency', attempt: '1.0' });
  expect(explanation?.causes[0]?.text).toContain(JSON.stringify(parent.key));
  expect(ended.status.state).toBe('succeeded');
  expect(linesOf(ran)).toEqual(['parent', 'child']);
});

it.each<[DependencyCondition, 'ends well' | 'fails', FinalState]>([
  ['afterok', 'ends well', 'succeeded'],
  ['afterok', 'fails', 'failed'],
  ['afterany', 'ends well', 'succeeded'],
  ['afterany', 'fails', 'succeeded'],
  ['afternotok', 'ends well', 'cancelled'],
  ['afternotok', 'fails', 'succeeded'],
])('runs a job %s one that %s, before it or long ago: %s', async (condition, how, state) => {
  const parentJob = aShellJob(how === 'fails' ? 'exit 3' : 'exit 0');
  const parent = await submit(local.adapter, parentJob);
  const soon = await submit(local.adapter, aShellJob(says('soon')), after(parent, condition));
  const last = await submit(local.adapter, aShellJob(says('last')), after(soon, 'afterok'));
  const ends = [(await until(local.adapter, soon)).status];
  const late = await submit(local.adapter, aShellJob(says('late')), after(parent, condition));
  ends.push((await until(local.adapter, late)).status);
  const { status: cascaded } = await until(local.adapter, last);

  if (state === 'succeeded') {
    expect([...ends, cascaded].map((one) => one.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    return expect(linesOf(ran).toSorted()).toEqual(['last', 'late', 'soon']);
  }
  const said = how === 'fails' ? 'failed (exit-nonzero' : 'succeeded';
  for (const end of ends) {
    expect(end).toMatchObject({ state, reason: 'dependency-failed', message: expect.stringContaining(parent.key) });
    expect(end).toMatchObject({ message: expect.stringContaining(said) });
    expect(end).not.toHaveProperty('exitCode');
  }
  expect(cascaded).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
  expect(linesOf(ran)).toEqual([]);
});

it('waits for all of several jobs, and for arrays as a whole', async () => {
  const first = await submit(local.adapter, anArray(items(3), aShellJob(`${waitsFor('one')}; ${says('first')}`)));
  const second = await submit(local.adapter, aShellJob(`${waitsFor('two')}; ${says('second')}; exit 1`));
  const job = anArray(items(2), aShellJob(says('child')));
  const child = await submit(local.adapter, job, [...after(first, 'afterok'), ...after(second, 'afternotok')]);
  go('one');
  await until(local.adapter, first);
  await context.pause(100);

  const between = await observe(local.adapter, child);
  go('two');
  const { counts } = await until(local.adapter, child);

  expect(between.status).toMatchObject({ state: 'held', waitingFor: 'dependency' });
  expect(between.counts).toEqual({ held: 2 });
  expect(counts).toEqual({ succeeded: 2 });
  expect(linesOf(ran)).toEqual(['first', 'first', 'first', 'second', 'child', 'child']);
});

it('waits for one task of an array, while others still run', async () => {
  const array = await submit(local.adapter, anArray(items(2), aShellJob(`[ $SCIJOB_INDEX = 1 ] || ${waitsFor('go')}`)));
  const child = await submit(local.adapter, aShellJob(says('child')), after({ ...array, child: 1 }, 'afterok'));
  const other = await submit(local.adapter, aShellJob(says('other')), after({ ...array, child: 0 }, 'afterok'));

  await until(local.adapter, child);
  const lines = linesOf(ran);
  const { status } = await observe(local.adapter, other);
  go('go');
  await until(local.adapter, other);

  expect(lines).toEqual(['child']);
  expect(status.state).toBe('held');
  expect(linesOf(ran)).toEqual(['child', 'other']);
});

it('ends an array that need not run as such', async () => {
  const parent = await submit(local.adapter, aJob());
  const child = await submit(local.adapter, anArray(items(2), aShellJob(says('no'))), after(parent, 'afternotok'));

  const { status, counts } = await until(local.adapter, child, () => isSealed(child));

  expect(status).toMatchObject({ state: 'cancelled', reason: 'dependency-failed' });
  expect(counts).toEqual({ cancelled: 2 });
  expect((await local.adapter.readLogs(child, {}, context)).end).toBe(true);
});

it('runs each task after the one of its index, in whatever order they end, and ends those that wait in vain', async () => {
  const parents = await submit(
    local.adapter,
    anArray(items(4), aShellJob(`case $SCIJOB_INDEX in 0) ${waitsFor('go')};; 1) exit 3;; esac`)),
  );
  const job = anArray(items(4), aShellJob(`echo out $SCIJOB_INDEX; ${says('$SCIJOB_INDEX')}`));
  const child = await submit(local.adapter, job, after(parents, 'aftercorr'));
  const between = await until(
    local.adapter,
    child,
    ({ counts }) => counts?.succeeded === 2 && counts.failed === 1 && counts.held === 1,
  );
  const row = async (index: number) => (await local.adapter.listChildren(child, { index }, context)).items[0]?.status;
  const held = await local.adapter.listChildren(child, { states: ['held'] }, context);
  const statuses = [await row(0), await row(1), await row(2)];
  const { lines } = await local.adapter.readLogs(child, {}, context);
  go('go');
  const { status, counts } = await until(local.adapter, child);
  await until(local.adapter, child, () => isSealed(child));
  const all = await local.adapter.readLogs(child, {}, context);

  expect(between.status.state).toBe('running');
  expect(held.items.map((one) => one.child)).toEqual([0]);
  expect(statuses).toMatchObject([
    { state: 'held', waitingFor: 'dependency' },
    { state: 'failed', reason: 'dependency-failed', message: expect.stringContaining(parents.key) },
    { state: 'succeeded' },
  ]);
  // One that waits holds up nobody's lines.
  expect(lines.map(({ text }) => text).toSorted()).toEqual(['out 2', 'out 3']);
  expect([all.lines.length, all.end]).toEqual([3, true]);
  expect(status).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
  expect(counts).toEqual({ succeeded: 3, failed: 1 });
  expect(linesOf(ran).toSorted()).toEqual(['0', '2', '3']);
});

it('knows after a kill of the runner what waits for what, with nobody else alive, and runs nothing twice', async () => {
  const count = 20;
  const slow = aShellJob(`sleep 0.0$((SCIJOB_INDEX % 5)); ${says('parent.$SCIJOB_INDEX')}; sleep 0.1`);
  const parents = await submit(local.adapter, anArray(items(count), slow));
  const each = aShellJob(`${says('child.$SCIJOB_INDEX')}; sleep 0.05`);
  const child = await submit(local.adapter, anArray(items(count), each), after(parents, 'aftercorr'));
  const last = await submit(local.adapter, aShellJob(says('last')), after(child, 'afterok'));
  for (const some of [3, 24]) {
    while (linesOf(ran).length < some) await context.pause(20);
    await local.killRunner();
    await until(local.adapter, last, () => local.runnerPid() !== undefined);
  }
  // From here on nobody asks.
  while (linesOf(ran).at(-1) !== 'last') await context.pause(20);

  const lines = linesOf(ran);
  const { counts } = await until(local.adapter, child);

  expect(counts).toEqual({ succeeded: count });
  expect(lines.length).toBe(2 * count + 1);
  expect(new Set(lines).size).toBe(2 * count + 1);
  for (let index = 0; index < count; index += 1) {
    expect(lines.indexOf(`child.${index}`)).toBeGreaterThan(lines.indexOf(`parent.${index}`));
  }
});

it('goes on with what was released, even when the job it waited for was removed since', async () => {
  const parent = await submit(local.adapter, aJob());
  const job = anArray(items(4), aShellJob(`${says('x')}; sleep 0.1`), 1);
  const child = await submit(local.adapter, job, after(parent, 'afterok'));
  while (linesOf(ran).length < 2) await context.pause(10);
  await local.killRunner();
  rmSync(join(local.paths.jobs, tokenOf(parent)), { recursive: true });

  const { counts } = await until(local.adapter, child);

  expect(counts).toEqual({ succeeded: 4 });
  expect(linesOf(ran).length).toBe(4);
});

it('cancels what is held, as a whole or some tasks of it, without running it', async () => {
  const parent = await submit(local.adapter, aShellJob(waitsFor('go')));
  const single = await submit(local.adapter, aShellJob(says('single')), after(parent, 'afterany'));
  const array = await submit(local.adapter, anArray(items(3), aShellJob(says('array'))), after(parent, 'afterany'));
  const some = await submit(
    local.adapter,
    anArray(items(3), aShellJob(says('$SCIJOB_INDEX'))),
    after(parent, 'afterok'),
  );
  await until(local.adapter, parent, ({ status }) => status.state === 'running');

  const outcomes = await local.adapter.cancel(
    [{ ref: single }, { ref: array }, { ref: some, children: [1] }],
    'no more',
    context,
  );
  const ends = [await until(local.adapter, single), await until(local.adapter, array)];
  await until(local.adapter, some, ({ counts }) => counts?.cancelled === 1 && counts.held === 2);
  go('go');
  const rest = await until(local.adapter, some);

  expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ type: 'requested' })));
  for (const { status } of ends) expect(status).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-user' });
  expect(rest.counts).toEqual({ succeeded: 2, cancelled: 1 });
  expect(linesOf(ran).toSorted()).toEqual(['0', '2']);
});

/** A part of another machine that shares the directory. */
async function aForeignPart(tasks?: readonly TaskRange[]): Promise<{ ref: JobRef; end: (ends: object[]) => void }> {
  const part = aPart(tasks ? anArray(items(3), aJob()) : aJob(), tasks);
  const own = await toRef(local.adapter, part);
  const folder = join(local.paths.jobs, tokenOf(own));
  const { key, job } = part;
  mkdirSync(folder);
  const array = job.array && { array: { count: job.array.count } };
  const record = { version: 1, key, job: { ...job, ...array }, machine: 'other', pool: { cpus: 1 }, tasks };
  writeFileSync(join(folder, 'part.json'), JSON.stringify(record));
  const directoryId = readFileSync(local.paths.id, 'utf8').trim();
  const options = { directory: local.directory } as never;
  return {
    ref: { ...own, target: toTarget({ machine: 'other', directoryId, options }) },
    end: (ends) => {
      writeFileSync(join(folder, 'ends'), ends.map((end) => `${JSON.stringify(end)}\n`).join(''));
      writeFileSync(join(folder, 'ended'), '');
    },
  };
}

it('waits for a job of another machine, and ends what waits for one that is lost, or not there', async () => {
  const done = await aForeignPart();
  const each = await aForeignPart([[0, 2]]);
  const lost = await aForeignPart();
  const gone = await aForeignPart();
  const other = await aForeignPart();
  const job = aShellJob(says('child'));
  const children = [
    await submit(local.adapter, job, after(done.ref, 'afterok')),
    await submit(local.adapter, anArray(items(3), job), after(each.ref, 'aftercorr')),
    await submit(local.adapter, job, after(lost.ref, 'afterany')),
    await submit(local.adapter, job, after(lost.ref, 'afternotok')),
    await submit(local.adapter, job, after(gone.ref, 'afterany')),
    await submit(local.adapter, job, after({ ...other.ref, key: 'somebody else’s' }, 'afterany')),
  ];
  rmSync(join(local.paths.jobs, tokenOf(gone.ref)), { recursive: true });
  const first = await Promise.all(children.slice(0, 4).map((ref) => observe(local.adapter, ref)));
  await context.pause(300);
  const ranEarly = linesOf(ran);
  const at = Date.now();
  done.end([{ index: 0, state: 'succeeded', at }]);
  lost.end([{ index: 0, state: 'lost', at, reason: 'unknown', message: 'gone' }]);
  each.end([0, 2].map((index) => ({ index, state: 'succeeded', at })));

  const ends = await Promise.all(children.map(async (ref) => (await until(local.adapter, ref)).status));

  expect(first.map(({ status }) => isFinal(status))).toEqual([false, false, false, false]);
  expect(ranEarly).toEqual([]);
  expect(ends[0]?.state).toBe('succeeded');
  expect(ends[1]).toMatchObject({ state: 'failed', message: expect.stringContaining('no task of the same index') });
  for (const end of ends.slice(2)) expect(end).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
  expect(ends.slice(2).map((end) => ('message' in end ? end.message : ''))).toMatchObject([
    expect.stringContaining('which is lost'),
    expect.stringContaining('which is lost'),
    expect.stringContaining('no folder'),
    expect.stringContaining('whose folder holds'),
  ]);
  expect(linesOf(ran)).toEqual(['child', 'child', 'child']);
});

it('refuses by name what it cannot wait for', async () => {
  const single = await submit(local.adapter, aJob());
  const array = await submit(local.adapter, anArray(items(3), aJob()));
  const { target, submissions } = single;
  const refused = async (ref: JobRef, condition: DependencyCondition, count = 0) => {
    const job = count > 0 ? anArray(items(count), aJob()) : aJob();
    const part = { ...aPart(job), after: after(ref, condition) };
    const [outcome] = await local.adapter.prepare([part], context);
    return outcome?.type === 'refused' ? outcome.error : undefined;
  };

  const refusals = [
    await refused({ ...single, target: { ...target, id: 'elsewhere' } }, 'afterok'),
    await refused({ ...single, submissions: [...submissions, { number: 2, parts: [] }] }, 'afterok'),
    await refused(array, 'aftercorr', 4),
    await refused(single, 'aftercorr'),
  ];

  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
  for (const refusal of refusals) expect(refusal?.message).toMatch(/cannot honour after \(/);
  expect(await refused(array, 'aftercorr', 3)).toBeUndefined();
});
