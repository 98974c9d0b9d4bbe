import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildObservation, Memo } from '@scijob/core/adapter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCallContext } from './call-context.fixture.ts';
import { aJob, anArray, aPart, aShellJob, submit, tokenOf, toRef, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';

let local: LocalFixture;
beforeAll(async () => {
  local = await aLocal({ cpus: 4 });
});
afterAll(() => local.remove());

const context = toCallContext();
const items = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));

it('gives each item its own argv, environment and inputs, over those of the job', async () => {
  const data = join(local.directory, 'data.txt');
  writeFileSync(data, 'data');
  const job = aShellJob('echo "$SCIJOB_INDEX/$SCIJOB_COUNT $SCIJOB_ITEM A=$A B=$B" $(cat in)', {
    environment: { A: 'job', B: 'job' },
    inputs: { in: data },
  });
  const lines = [
    { item: 'x y' },
    { item: { n: 1 }, environment: { A: 'own', B: null } },
    { item: null, command: ['cat', 'in'] },
    { item: 3, inputs: { in: '/no/such/file' } },
    { item: 4, inputs: { in: null }, command: ['ls'] },
  ];
  const ref = await submit(local.adapter, anArray(lines, job));

  const { status, counts } = await until(local.adapter, ref);
  const page = await local.adapter.readLogs(ref, {}, context);

  expect(counts).toEqual({ succeeded: 4, failed: 1 });
  expect(status).toMatchObject({
    state: 'failed',
    reason: 'input-missing',
    message: expect.stringContaining('/no/such/file'),
  });
  expect(page.lines.map(({ child, text }) => `${child}: ${text}`)).toEqual([
    '0: 0/5 "x y" A=job B=job data',
    '1: 1/5 {"n":1} A=own B= data',
    '2: data',
  ]);
  expect(page.end).toBe(true);
});

it('hands an item too long for the environment over as a file', async () => {
  const item = 'x'.repeat(200_000);
  const ref = await submit(
    local.adapter,
    anArray([{ item }], aShellJob('wc -c < "$SCIJOB_ITEM_FILE"; printenv SCIJOB_ITEM || echo none')),
  );
  await until(local.adapter, ref);

  const { lines } = await local.adapter.readLogs(ref, {}, context);

  expect(lines.map(({ text }) => text)).toEqual(['200002', 'none']);
});

it('counts only what is new with each look, and lists what ended page by page', async () => {
  const count = 2_500;
  const ref = await submit(local.adapter, anArray(items(count), aJob({ command: ['/no/such/program'] })));
  let memo: Memo | undefined;
  let counts = {};
  for (let isEnded = false; !isEnded; ) {
    const { seen } = await local.adapter.observe([{ ref, ...(memo !== undefined && { memo }) }], context);
    memo = seen[0]?.memo;
    counts = seen[0]?.counts ?? {};
    isEnded = seen[0]?.status.state === 'failed';
    await context.pause(50);
  }
  const children: ChildObservation[] = [];
  let pages = 0;
  for (let cursor: string | undefined; ; pages += 1) {
    const page = await local.adapter.listChildren(ref, { states: ['failed'], ...(cursor && { cursor }) }, context);
    children.push(...page.items);
    ({ cursor } = page);
    if (page.end) break;
  }

  expect(counts).toEqual({ failed: count });
  expect(JSON.stringify(memo).length).toBeLessThan(500);
  expect(pages).toBe(2);
  expect(new Set(children.map(({ child }) => child)).size).toBe(count);
  expect(children[0]).toMatchObject({ status: { reason: 'misconfigured' }, usage: { requested: {} } });
  expect(readdirSync(join(local.paths.jobs, ref.submissions[0]?.parts[0]?.nativeId ?? '', 'tasks'))).toEqual([
    '0',
    '1',
    '2',
  ]);
});

it('shows who runs and who waits, and why', async () => {
  const go = join(local.directory, 'go');
  const wait = `while [ ! -e ${go} ]; do sleep 0.02; done`;
  const ref = await submit(local.adapter, anArray(items(6), aShellJob(wait)));
  const wide = await submit(local.adapter, aJob({ name: 'wide', resources: { cpus: 3 } }));
  await until(local.adapter, ref, ({ counts }) => counts?.running === 4);
  let live = await local.adapter.listChildren(ref, {}, context);
  // Handed to their shells, which may not have written yet that they began.
  while (live.items.some(({ status }) => status.state === 'starting' || status.state === 'queued')) {
    live = await local.adapter.listChildren(ref, {}, context);
  }
  const waiting = await local.adapter.listChildren(ref, { states: ['queued'] }, context);
  const explanation = await local.adapter.explain?.(wide, context);
  writeFileSync(go, '');
  await until(local.adapter, ref);
  await until(local.adapter, wide);

  expect(live.items.map(({ child, status }) => `${child} ${status.state}`)).toEqual(
    [0, 1, 2, 3].map((child) => `${child} running`),
  );
  expect(waiting.items.map(({ child }) => child)).toEqual([4, 5]);
  expect(live.end).toBe(false);
  expect(explanation?.causes[0]?.text).toContain('4 cpus, of which 4 are taken and 3 asked for');
});

it('runs only the tasks of its part, and lets a later submission of some count', async () => {
  const job = anArray(items(8), aShellJob('[ $SCIJOB_ATTEMPT = 2.0 ] || [ $((SCIJOB_INDEX % 2)) = 0 ]'));
  const first = aPart(job, [[2, 5]]);
  const again = { ...aPart(job, [[3, 3]]), key: { ...aPart(job).key, key: first.key.key, submission: 2 } };
  for (const part of [first, again]) {
    await local.adapter.prepare([part], context);
    await local.adapter.submit([part], context);
  }
  const one = await toRef(local.adapter, first);
  const ref = {
    ...one,
    count: 4,
    submissions: [...one.submissions, { number: 2, parts: [{ nativeId: again.key.token, tasks: [[3, 3]] as const }] }],
  };

  const { status, counts } = await until(local.adapter, ref);
  const child = await local.adapter.listChildren(ref, { index: 3 }, context);
  const failed = await local.adapter.listChildren(ref, { states: ['failed'] }, context);

  expect(counts).toEqual({ succeeded: 3, failed: 1 });
  expect(status).toMatchObject({ state: 'failed', message: expect.stringContaining('task 5') });
  expect(child.items[0]?.status).toMatchObject({ state: 'succeeded', attempt: '2.0' });
  expect(failed.items.map((row) => row.child)).toEqual([5]);
});

it('lists the artifacts of all tasks, each with its child, and of one alone', async () => {
  const outputs = { out: { type: 'file' as const, path: 'out.txt', optional: false } };
  const ref = await submit(local.adapter, anArray(items(3), aShellJob('echo $SCIJOB_INDEX > out.txt', { outputs })));
  // The mark that all have ended follows their lines.
  await until(local.adapter, ref, () => existsSync(join(local.paths.jobs, tokenOf(ref), 'ended')));

  const all = await local.adapter.listArtifacts(ref, {}, context);
  const one = await local.adapter.listArtifacts(ref, { child: 2 }, context);
  const text = await new Response(
    await local.adapter.openArtifact(ref, one.items[0] ?? ({} as never), undefined, context),
  ).text();

  expect(all.items.map(({ child }) => child).sort()).toEqual([0, 1, 2]);
  expect(all.end).toBe(true);
  expect(one.items.map(({ child, path }) => `${child} ${path}`)).toEqual(['2 out.txt']);
  expect(text).toBe('2\n');
});

it('takes names with quotes, line ends and blanks, and logs of any bytes', async () => {
  const odd = `a 'b' "c"\nd`;
  const source = join(local.directory, odd);
  writeFileSync(source, 'odd');
  const ref = await submit(
    local.adapter,
    aJob({
      command: ['sh', '-c', `cat "$1"; printf '\\377\\000\\n'; cp "$1" "$2"`, 'sh', `in/${odd}`, `out-${odd}`],
      inputs: { [`in/${odd}`]: source },
      outputs: { all: { type: 'files', path: 'out-*', optional: false } },
    }),
  );
  const { status } = await until(local.adapter, ref);

  const { items } = await local.adapter.listArtifacts(ref, {}, context);

  expect(status.state).toBe('succeeded');
  expect(items.map(({ path, sha256 }) => [path, sha256?.length])).toEqual([[`out-${odd}`, 64]]);
  expect(readFileSync(new URL(items[0]?.uri ?? ''), 'utf8')).toBe('odd');
  expect((await local.adapter.readLogs(ref, {}, context)).lines[0]?.text).toBe('odd\ufffd\0');
});

it('plans what it would do, with the source of every value and what it refuses, and leaves nothing', async () => {
  const before = readdirSync(local.paths.jobs).length;
  const plan = await local.adapter.plan(
    aJob({ resources: { cpus: 2 }, timeLimitSeconds: 60, native: { nice: 3 } }),
    context,
  );
  const refused = await local.adapter.plan(aJob({ image: 'x' }), context);

  expect(plan.requests).toMatchObject([{ argv: ['nice', '-n', '3', 'true'], tasks: 1 }]);
  expect(plan.values).toContainEqual({ field: 'resources.cpus', value: 2, from: 'job' });
  expect(plan.values).toContainEqual({ field: 'takes.memoryGiB', value: 0, from: 'adapter' });
  expect(plan.values.find(({ field }) => field === 'environment.PATH')?.from).toBe('adapter');
  expect(plan.features.map(({ feature }) => feature)).toContain('timeLimitSeconds');
  expect(refused.requests).toEqual([]);
  expect(refused.features.find(({ support }) => support === 'refused')?.note).toContain('image "x"');
  expect([readdirSync(local.paths.jobs).length, readdirSync(local.paths.staging)]).toEqual([before, []]);
});
