import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCallContext } from './call-context.fixture.ts';
import { aJob, anArray, aShellJob, observe, submit, tokenOf, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';
import { readProcessStat } from './process-identity.ts';

let local: LocalFixture;
beforeAll(async () => {
  local = await aLocal({ cpus: 2 });
});
afterAll(() => local.remove());

const context = toCallContext();

it('cancels a running task, which may still tidy up', async () => {
  const ref = await submit(
    local.adapter,
    aShellJob('trap "echo tidied; exit 0" TERM; echo up; while :; do sleep 0.05; done'),
  );
  await until(local.adapter, ref, ({ status }) => status.state === 'running');
  while ((await local.adapter.readLogs(ref, {}, context)).lines.length === 0) await context.pause(20);

  const [outcome] = await local.adapter.cancel([{ ref }], 'seen enough', context);
  const { status } = await until(local.adapter, ref);

  expect(outcome).toEqual({ type: 'requested' });
  expect(['cancelled', 'succeeded']).toContain(status.state);
  expect((await local.adapter.readLogs(ref, {}, context)).lines.map(({ text }) => text)).toContain('tidied');
});

it('kills what does not hear, children and all, after the grace', async () => {
  const script =
    'trap "" TERM; sh -c \'trap "" TERM; echo $$ > child; while :; do sleep 0.05; done\' & while :; do sleep 0.05; done';
  const ref = await submit(local.adapter, aShellJob(script));
  const work = join(local.paths.jobs, ref.submissions[0]?.parts[0]?.nativeId ?? '', 'tasks', '0', 'work');
  await until(
    local.adapter,
    ref,
    () => existsSync(join(work, 'child')) && readFileSync(join(work, 'child'), 'utf8') !== '',
  );

  await local.adapter.cancel([{ ref }], 'stop it', context);
  const during = await observe(local.adapter, ref);
  const { status } = await until(local.adapter, ref);

  expect(during.status.state).toBe('cancelling');
  expect(status).toMatchObject({
    state: 'cancelled',
    reason: 'cancelled-by-user',
    message: expect.stringContaining('stop it'),
  });
  // Whoever inherits it may not have buried it yet.
  expect(readProcessStat(Number(readFileSync(join(work, 'child'), 'utf8')))?.state ?? 'Z').toBe('Z');
});

it('ends what waits without running it, and says of what has ended that it has', async () => {
  const marker = join(local.directory, 'ran');
  const lines = Array.from({ length: 50 }, (_, item) => ({ item }));
  const ref = await submit(local.adapter, anArray(lines, aShellJob(`echo x >> ${marker}; exec sleep 60`)));
  await until(local.adapter, ref, () => existsSync(marker) && readFileSync(marker, 'utf8') === 'x\nx\n');

  await local.adapter.cancel([{ ref }], 'wrong input', context);
  const { status, counts } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-user' });
  expect(counts).toEqual({ cancelled: 50 });
  expect(readFileSync(marker, 'utf8')).toBe('x\nx\n');
  // The mark that all have ended follows their lines.
  await until(local.adapter, ref, () => existsSync(join(local.paths.jobs, tokenOf(ref), 'ended')));
  expect(await local.adapter.cancel([{ ref }], 'again', context)).toEqual([{ type: 'already-ended' }]);
  expect((await local.adapter.listChildren(ref, { index: 49 }, context)).items[0]?.status).toMatchObject({
    state: 'cancelled',
    message: expect.stringContaining('before it started'),
  });
  expect((await local.adapter.readLogs(ref, {}, context)).end).toBe(true);
});

it('cancels only the children it is told to', async () => {
  const lines = Array.from({ length: 6 }, (_, item) => ({ item }));
  const script = 'while [ ! -e ../../../go ]; do sleep 0.02; done';
  const ref = await submit(local.adapter, anArray(lines, aShellJob(script)));
  const folder = join(local.paths.jobs, ref.submissions[0]?.parts[0]?.nativeId ?? '');
  await until(local.adapter, ref, ({ counts }) => counts?.running === 2);

  await local.adapter.cancel([{ ref, children: [0, 4] }], 'not these', context);
  await until(local.adapter, ref, ({ counts }) => counts?.cancelled === 2);
  appendFileSync(join(folder, 'go'), '');
  const { status, counts } = await until(local.adapter, ref);

  expect(counts).toEqual({ cancelled: 2, succeeded: 4 });
  expect(status.state).toBe('cancelled');
  expect(readdirSync(join(folder, 'tasks'))).not.toContain('4');
});

it('does nothing to a job whose key is another', async () => {
  const ref = await submit(local.adapter, aShellJob('sleep 60'));
  await until(local.adapter, ref, ({ status }) => status.state === 'running');

  const [outcome] = await local.adapter.cancel([{ ref: { ...ref, key: 'somebody else’s' } }], 'mine!', context);

  expect(outcome).toMatchObject({ type: 'unknown', cause: { code: 'NOT_THIS_JOB' } });
  expect((await observe(local.adapter, ref)).status.state).toBe('running');
  await local.adapter.cancel([{ ref }], 'clear up', context);
  await until(local.adapter, ref);
});

it('cancels a job so early that it may not have begun', async () => {
  const refs = await Promise.all(Array.from({ length: 6 }, () => submit(local.adapter, aShellJob('sleep 60'))));
  await local.adapter.cancel(
    refs.map((ref) => ({ ref })),
    'too soon',
    context,
  );

  for (const ref of refs) expect((await until(local.adapter, ref)).status).toMatchObject({ state: 'cancelled' });
  await until(local.adapter, await submit(local.adapter, aJob()));
});
