import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCallContext } from './call-context.fixture.ts';
import { aJob, aPart, aShellJob, submit, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';

let local: LocalFixture;
beforeAll(async () => {
  local = await aLocal();
});
afterAll(() => local.remove());

const context = toCallContext();
const file = (path: string, optional = false) => ({ type: 'file' as const, path, optional });
const text = async (ref: Parameters<LocalFixture['adapter']['readLogs']>[0]) =>
  (await local.adapter.readLogs(ref, {}, context)).lines.map((line) => line.text).join('\n');

it('runs a command and says how it ended, with what it used', async () => {
  const ref = await submit(local.adapter, aShellJob('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'));

  const { status, usage } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'succeeded', exitCode: 0, attempt: '1.0' });
  expect(usage?.cpuSeconds).toBeGreaterThan(0);
  expect(usage?.wallSeconds).toBeGreaterThan(0);
  expect(usage?.queuedSeconds).toBeLessThan(10);
});

it('reports an exit code, a signal and a missing program each by its reason', async () => {
  const failed = await submit(local.adapter, aShellJob('exit 3'));
  const killed = await submit(local.adapter, aShellJob('kill -SEGV $$'));
  const missing = await submit(local.adapter, aJob({ command: ['no-such-program-here'] }));

  expect((await until(local.adapter, failed)).status).toMatchObject({
    state: 'failed',
    reason: 'exit-nonzero',
    exitCode: 3,
  });
  expect((await until(local.adapter, killed)).status).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('SIGSEGV'),
  });
  expect((await until(local.adapter, missing)).status).toMatchObject({
    state: 'failed',
    reason: 'misconfigured',
    message: expect.stringContaining('no-such-program-here'),
  });
});

it('gives a task its own variables and the job’s, and nothing else of whoever submits', async () => {
  process.env['SCIJOB_TEST_LEAK'] = 'leaked';
  const ref = await submit(local.adapter, aShellJob('env', { environment: { GREETING: "it's\nme" } }));
  await until(local.adapter, ref);

  const seen = await text(ref);

  expect(seen).toContain("GREETING=it's\nme");
  expect(seen).toContain(`SCIJOB_KEY=${ref.key}`);
  expect(seen).toMatch(/SCIJOB_WORK_DIR=.+work/);
  expect(seen).not.toContain('SCIJOB_TEST_LEAK');
  expect(seen).not.toContain('SCIJOB_INDEX');
});

it('runs a script by its interpreter, by its own first line, or by sh', async () => {
  const bySh = await submit(local.adapter, aScript('echo sh $0'));
  const byOwn = await submit(local.adapter, aScript('#!/bin/cat\nown line'));
  const byOther = await submit(local.adapter, aScript('#!/bin/cat\ninterpreted', '/bin/echo'));
  for (const ref of [bySh, byOwn, byOther]) await until(local.adapter, ref);

  expect(await text(bySh)).toContain('sh /');
  expect(await text(byOwn)).toContain('own line');
  expect(await text(byOther)).toMatch(/^\/.*script$/);
});

function aScript(script: string, interpreter?: string) {
  const { command: _command, ...job } = aJob({ script: { text: script, ...(interpreter && { interpreter }) } });
  return job;
}

it('ends a task at its time limit', async () => {
  const ref = await submit(local.adapter, aShellJob('echo begun; sleep 60', { timeLimitSeconds: 1 }));

  const { status, usage } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'failed', reason: 'time-limit' });
  expect(usage?.wallSeconds).toBeLessThan(8);
  expect(await text(ref)).toBe('begun');
});

it('hashes what was declared, and fails when a required output is not there', async () => {
  const job = aShellJob(
    'printf hello > "a b.txt"; mkdir -p x/y; echo 1 > x/1.csv; echo 2 > x/y/2.csv; echo no > x/no.txt',
    {
      outputs: {
        one: file('a b.txt'),
        many: { type: 'files', path: 'x/**/*.csv', optional: false },
        maybe: file('z', true),
      },
    },
  );
  const ref = await submit(local.adapter, job);
  const missing = await submit(local.adapter, aShellJob('true', { outputs: { result: file('result.csv') } }));
  await until(local.adapter, ref);

  const { items, end } = await local.adapter.listArtifacts(ref, {}, context);

  expect(end).toBe(true);
  expect(items.map(({ path }) => path)).toEqual(['a b.txt', 'x/1.csv', 'x/y/2.csv']);
  expect(items[0]).toMatchObject({ sizeBytes: 5, sha256: createHash('sha256').update('hello').digest('hex') });
  expect(items[0]?.uri).toContain('/a%20b.txt');
  expect((await until(local.adapter, missing)).status).toMatchObject({
    state: 'failed',
    reason: 'output-missing',
    message: expect.stringContaining('result.csv'),
  });
});

it('opens an artifact as it was listed, whole or in part, and fails by name once it has changed', async () => {
  const ref = await submit(
    local.adapter,
    aShellJob('printf 0123456789 > digits', { outputs: { digits: file('digits') } }),
  );
  await until(local.adapter, ref);
  const [artifact] = (await local.adapter.listArtifacts(ref, {}, context)).items;
  if (!artifact) throw new Error('no artifact');
  const read = async (range?: { start: number; end: number }) =>
    new Response(await local.adapter.openArtifact(ref, artifact, range, context)).text();

  expect(await read()).toBe('0123456789');
  expect(await read({ start: 2, end: 5 })).toBe('234');
  writeFileSync(new URL(artifact.uri), '9876543210');
  await expect(read()).rejects.toMatchObject({ code: 'ARTIFACT_CHANGED' });
});

it('follows logs by a cursor that any later call can go on from', async () => {
  const ref = await submit(local.adapter, aShellJob('echo one; echo two; sleep 0.3; echo three >&2; printf "no end"'));
  const lines: string[] = [];
  let cursor: string | undefined;
  for (let end = false; !end; ) {
    const page = await local.another().readLogs(ref, cursor === undefined ? {} : { cursor }, context);
    lines.push(...page.lines.map((line) => `${line.stream} ${line.text}`));
    ({ cursor, end } = page);
    await context.pause(20);
  }

  const all = await local.adapter.readLogs(ref, {}, context);
  const second = all.lines[0]?.cursor ?? '';

  expect(lines.filter((line) => line.startsWith('stdout'))).toEqual(['stdout one', 'stdout two', 'stdout no end']);
  expect(lines).toContain('stderr three');
  expect((await local.adapter.readLogs(ref, { cursor: second }, context)).lines.map((line) => line.text)).toEqual(
    all.lines.slice(1).map((line) => line.text),
  );
  expect((await local.adapter.readLogs(ref, { tailLines: 2 }, context)).lines.map((line) => line.text)).toEqual([
    'no end',
    'three',
  ]);
});

it('says where a log was cut', async () => {
  const ref = await submit(
    local.adapter,
    aShellJob('echo 123456789; while [ ! -e ../go ]; do sleep 0.02; done; echo x > /dev/stdout'),
  );
  const folder = join(local.paths.jobs, ref.submissions[0]?.parts[0]?.nativeId ?? '', 'tasks', '0');
  await until(local.adapter, ref, ({ status }) => status.state === 'running');
  let page = await local.adapter.readLogs(ref, {}, context);
  while (page.lines.length === 0) page = await local.adapter.readLogs(ref, {}, context);
  writeFileSync(join(folder, 'go'), '');
  await until(local.adapter, ref);

  const rest = await local.adapter.readLogs(ref, { cursor: page.cursor }, context);

  expect(rest.gap).toContain('stdout');
  expect(rest.lines.at(-1)?.text).toBe('x');
});

it('links input files, and lets no task write into an input directory', async () => {
  const data = join(local.directory, 'data');
  await mkdir(join(data, 'deep'), { recursive: true });
  writeFileSync(join(data, 'a.csv'), 'a');
  writeFileSync(join(data, 'result.csv'), 'old');
  writeFileSync(join(data, 'deep', 'b.csv'), 'b');
  symlinkSync('/nowhere/at/all', join(data, 'dangling'));
  const ref = await submit(
    local.adapter,
    aShellJob('cat a.csv copy/deep/b.csv; echo new > result.csv; echo x > copy/deep/new.csv; rm copy/a.csv', {
      inputs: { '.': data, copy: new URL(`file://${data}`).href },
      outputs: { result: file('result.csv') },
    }),
  );

  const { status } = await until(local.adapter, ref);

  expect(status.state).toBe('succeeded');
  expect(await text(ref)).toBe('ab');
  expect(readdirSync(data).sort()).toEqual(['a.csv', 'dangling', 'deep', 'result.csv']);
  expect(readdirSync(join(data, 'deep'))).toEqual(['b.csv']);
  expect(readFileSync(join(data, 'result.csv'), 'utf8')).toBe('old');
});

it('starts the processes of an MPI program by the mpirun that is installed', async () => {
  const bin = join(local.directory, 'bin');
  await mkdir(bin);
  const fake = '#!/bin/sh\n[ "$1" = --version ] && echo "mpirun (Open MPI) 4.1.4" && exit\necho "mpirun $*"\n';
  writeFileSync(join(bin, 'mpirun'), fake, { mode: 0o700 });
  const job = aJob({ command: ['prog', '--x'], parallel: { processesPerNode: 2, launcher: 'mpirun' } });
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  const [without] = await local.adapter.prepare([aPart(job)], context);
  process.env['PATH'] = `${bin}:${path}`;
  const ref = await submit(local.adapter, job).finally(() => {
    process.env['PATH'] = path;
  });
  await until(local.adapter, ref);

  expect(await text(ref)).toMatch(/^mpirun .*--bind-to none -n 2 prog --x$/);
  expect(without).toMatchObject({ type: 'refused', error: { message: expect.stringContaining('mpirun') } });
});

it('refuses a missing input before anything is sent', async () => {
  const [outcome] = await local.adapter.prepare([aPart(aJob({ inputs: { x: '/no/such/file' } }))], context);

  expect(outcome).toMatchObject({
    type: 'refused',
    error: { code: 'INPUT_MISSING', message: expect.stringContaining('/no/such/file') },
  });
});

it('explains a failure with the last lines of stderr and a way out', async () => {
  const ref = await submit(local.adapter, aShellJob('echo fine; echo "bad box" >&2; exit 2'));
  await until(local.adapter, ref);

  const explanation = await local.adapter.explain?.(ref, context);

  expect(explanation?.summary).toContain('exit-nonzero');
  expect(explanation?.causes.map(({ text: said }) => said).join('\n')).toContain('bad box');
});

it('keeps what cannot be read apart from what is not there', async () => {
  const ref = await submit(local.adapter, aJob());
  await until(local.adapter, ref);
  const other = { ...ref, key: 'another key' };
  const absent = { ...ref, submissions: [{ number: 1, parts: [{ nativeId: 'nosuchtoken' }] }] };

  expect((await local.adapter.observe([{ ref: other }], context)).covered).toEqual([]);
  expect(await local.adapter.observe([{ ref: absent }], context)).toMatchObject({ covered: [absent], seen: [] });
  appendFileSync(join(local.paths.jobs, ref.submissions[0]?.parts[0]?.nativeId ?? '', 'part.json'), 'torn');
  expect((await local.adapter.observe([{ ref }], context)).covered).toEqual([]);
});
