import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toCallContext } from '../call-context.fixture.ts';
import { aJob, anArray, aPart, aShellJob, observe, submit, tokenOf, toRef, until } from '../job.fixture.ts';
import { aLocal, type LocalFixture } from '../local.fixture.ts';
import { readProcessStat } from '../process-identity.ts';
import { readRecord } from './read-record.ts';

let local: LocalFixture;
beforeEach(async () => {
  local = await aLocal({ cpus: 4 }, { runner: { idleMs: 1_000 } });
});
afterEach(() => local.remove());

const context = toCallContext();
const items = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));
const claims = () => readdirSync(local.paths.runners).filter((name) => /^\d+$/.test(name));

it('is killed in mid-array, and its successor sees every task through exactly once', async () => {
  const ran = join(local.directory, 'ran');
  const ref = await submit(local.adapter, anArray(items(60), aShellJob(`echo $SCIJOB_INDEX >> ${ran}; sleep 0.1`)));
  for (let kills = 0; kills < 3; kills += 1) {
    const before = kills * 12 + 5;
    await until(local.adapter, ref, () => existsSync(ran) && readFileSync(ran, 'utf8').split('\n').length > before);
    await local.killRunner();
  }

  const { status, counts } = await until(local.adapter, ref, undefined, 30);

  expect(status.state).toBe('succeeded');
  expect(counts).toEqual({ succeeded: 60 });
  const indices = readFileSync(ran, 'utf8').trim().split('\n').map(Number);
  expect(indices.sort((a, b) => a - b)).toEqual(items(60).map(({ item }) => item));
  expect(claims().length).toBeGreaterThan(1);
});

it('adopts a task that outlives it, ends it at a cancel, and keeps what it wrote', async () => {
  const ref = await submit(local.adapter, aShellJob('echo up; exec sleep 60'));
  await until(local.adapter, ref, ({ status }) => status.state === 'running');
  await local.killRunner();

  expect((await observe(local.adapter, ref)).status.state).toBe('running');
  await local.adapter.cancel([{ ref }], 'enough', context);
  const { status } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'cancelled' });
  expect((await local.adapter.readLogs(ref, {}, context)).lines.map(({ text }) => text)).toEqual(['up']);
});

it('holds no time limit in its own hands: one that ran out while nobody lived is kept all the same', async () => {
  const ref = await submit(local.adapter, aShellJob('sleep 60', { timeLimitSeconds: 1 }));
  await until(local.adapter, ref, ({ status }) => status.state === 'running');
  await local.killRunner();
  const folder = join(local.paths.jobs, tokenOf(ref), 'tasks', '0');
  for (let end = readRecord(folder, 'end'); end === undefined; end = readRecord(folder, 'end')) await context.pause(50);

  const { status } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'failed', reason: 'time-limit' });
});

it('declares a task lost when its wrapper was killed, leaves nothing of it running, and never tries it again', async () => {
  const script = 'trap "" TERM HUP; echo $$ > me; while :; do sleep 0.05; done';
  const ref = await submit(local.adapter, aShellJob(script, { retry: { unknown: 3, infrastructure: 3 } }));
  const folder = join(local.paths.jobs, tokenOf(ref), 'tasks', '0');
  const pidFile = join(folder, 'work', 'me');
  await until(local.adapter, ref, () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  const pid = readFileSync(pidFile, 'utf8').trim();
  // The command may be quicker than the record of its start.
  await until(local.adapter, ref, () => readRecord(folder, 'start') !== undefined);
  process.kill(requirePid(readRecord(folder, 'start')?.process.pid), 'SIGKILL');

  const { status, evidence } = await until(local.adapter, ref);

  expect(status).toMatchObject({ state: 'lost', reason: 'unknown', attempt: '1.0' });
  expect(evidence).toMatchObject({ ended: { evidence: { killed: expect.arrayContaining([Number(pid)]) } } });
  // Killed, it may have to wait for a processor to die, and for whoever inherits it to bury it.
  await expect.poll(() => readProcessStat(Number(pid))?.state ?? 'Z', { timeout: 5_000 }).toBe('Z');
});

it('is the only one, however many clients start one at once', async () => {
  const entry = fileURLToPath(new URL('../runner-entry.ts', import.meta.url));
  await local.adapter.target(context);
  const racers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, [entry, local.directory, '{"idleMs":1000}'], { stdio: 'ignore' }),
  );
  const ran = join(local.directory, 'ran');
  const adapters = Array.from({ length: 3 }, () => local.another());
  const refs = await Promise.all(
    adapters.map((adapter) => submit(adapter, anArray(items(10), aShellJob(`echo x >> ${ran}`)))),
  );

  for (const ref of refs) expect((await until(local.adapter, ref)).status.state).toBe('succeeded');

  expect(readFileSync(ran, 'utf8')).toBe('x\n'.repeat(30));
  expect(claims()).toEqual(['1']);
  await Promise.all(racers.map((racer) => racer.exitCode ?? new Promise((resolve) => racer.on('exit', resolve))));
});

it('goes away when there is nothing to do, and comes back when there is', async () => {
  await until(local.adapter, await submit(local.adapter, aJob()));
  while (local.runnerPid() !== undefined) await context.pause(50);
  expect(existsSync(join(local.paths.runners, '1.bye'))).toBe(true);

  const { status } = await until(local.adapter, await submit(local.adapter, aJob()));

  expect(status.state).toBe('succeeded');
  expect(claims()).toEqual(['1', '2']);
});

it('goes at once when its directory is cleared away', async () => {
  await until(local.adapter, await submit(local.adapter, aJob()));
  const pid = local.runnerPid() ?? 0;
  rmSync(local.directory, { recursive: true });

  const beganMs = performance.now();
  while (!['Z', undefined].includes(readProcessStat(pid)?.state) && performance.now() - beganMs < 5_000) {
    await context.pause(20);
  }

  expect(['Z', undefined]).toContain(readProcessStat(pid)?.state);
});

it('takes its goodbye back for work that came in that very moment', async () => {
  await local.remove();
  local = await aLocal({}, { runner: { idleMs: 150 } });
  await until(local.adapter, await submit(local.adapter, aJob()));
  // As a client does that looked for a runner before the goodbye was there.
  for (let number = 0; number < 8; number += 1) {
    const ref = await submit(local.adapter, aJob());
    await until(local.adapter, ref);
    await context.pause(140 + 10 * number);
  }
  expect(readdirSync(local.paths.inbox)).toEqual([]);
});

it('goes on when the client that submitted is killed', async () => {
  const ran = join(local.directory, 'ran');
  const program = `
    import { createLocalAdapter } from ${JSON.stringify(new URL('../local-adapter.ts', import.meta.url).href)};
    import { anArray, aShellJob, submit } from ${JSON.stringify(new URL('../job.fixture.ts', import.meta.url).href)};
    const adapter = createLocalAdapter({ directory: ${JSON.stringify(local.directory)}, cpus: 2 }, { runner: { idleMs: 2000 } });
    const lines = Array.from({ length: 20 }, (_, item) => ({ item }));
    const ref = await submit(adapter, anArray(lines, aShellJob(${JSON.stringify(`echo x >> ${ran}; sleep 0.1`)})));
    process.stdout.write(JSON.stringify(ref));
    setInterval(() => {}, 1000);
  `;
  const client = spawn(process.execPath, ['--input-type=module', '-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const group = client.pid;
  if (group === undefined) throw new Error('the client did not start');
  const said = await new Promise<string>((resolve) => client.stdout.once('data', (bytes) => resolve(String(bytes))));
  while (!existsSync(ran)) await context.pause(20);
  // The client with all that shares its process group, as a terminal that is closed does.
  process.kill(-group, 'SIGKILL');

  const { counts } = await until(local.adapter, JSON.parse(said));

  expect(counts).toEqual({ succeeded: 20 });
  expect(claims()).toEqual(['1']);
  expect(readFileSync(ran, 'utf8')).toBe('x\n'.repeat(20));
});

it('shares its pool among all clients of its directory', async () => {
  const log = join(local.directory, 'log');
  const job = aShellJob(`echo + >> ${log}; sleep 0.15; echo - >> ${log}`, { resources: { cpus: 2 } });
  const refs = await Promise.all([
    submit(local.adapter, anArray(items(4), job)),
    submit(local.another(), anArray(items(4), job)),
    submit(local.another(), anArray(items(6), aShellJob('sleep 0.05'), 1)),
  ]);
  let most = 0;
  await until(local.adapter, refs[2] ?? refs[0], ({ counts, status }) => {
    most = Math.max(most, counts?.running ?? 0);
    return status.state === 'succeeded';
  });
  for (const ref of refs) await until(local.adapter, ref);

  expect(most).toBeLessThanOrEqual(1);
  let running = 0;
  let highest = 0;
  for (const sign of readFileSync(log, 'utf8').trim().split('\n')) {
    running += sign === '+' ? 1 : -1;
    highest = Math.max(highest, running);
  }
  expect(highest).toBe(2);
});

it('gives each task that asks for some its own accelerators', async () => {
  const adapter = local.another({ gpus: 2, cpus: 4 });
  const job = aShellJob('echo "gpu=$CUDA_VISIBLE_DEVICES"; sleep 0.3', { resources: { gpus: 1 } });
  const refs = await Promise.all([submit(adapter, job), submit(adapter, job), submit(adapter, job)]);
  const seen: (string | undefined)[] = [];
  for (const ref of refs) {
    await until(adapter, ref);
    seen.push((await adapter.readLogs(ref, {}, context)).lines[0]?.text);
  }

  expect(seen.slice().sort().slice(0, 3)).toEqual(expect.arrayContaining(['gpu=0', 'gpu=1']));
  expect(seen.every((text) => text === 'gpu=0' || text === 'gpu=1')).toBe(true);
});

it('runs ranks side by side, each with its own logs, and fails with the first that fails', async () => {
  const ref = await submit(
    local.adapter,
    aShellJob(
      // The one that fails waits for the others' line: it ends them.
      `echo rank $SCIJOB_RANK of $SCIJOB_RANK_COUNT; : > ready.$SCIJOB_RANK; [ $SCIJOB_RANK = 1 ] || exec sleep 30
       until [ -e ready.0 ] && [ -e ready.2 ]; do sleep 0.02; done; exit 7`,
      { parallel: { processesPerNode: 3 } },
    ),
  );

  const { status, usage } = await until(local.adapter, ref);
  const page = await local.adapter.readLogs(ref, {}, context);
  const second = await local.adapter.readLogs(ref, { child: 1 }, context);

  expect(status).toMatchObject({ state: 'failed', exitCode: 7 });
  expect(usage?.wallSeconds).toBeLessThan(20);
  expect(page.lines.map(({ child, text }) => `${child}: ${text}`)).toContain('2: rank 2 of 3');
  expect(second.lines.map(({ child, text }) => `${child}: ${text}`)).toEqual(['1: rank 1 of 3']);
});

it('starts nothing that was fenced while it was not looking', async () => {
  const ran = join(local.directory, 'ran');
  const part = aPart(aShellJob(`echo x >> ${ran}`));
  await local.adapter.prepare([part], context);

  const [absent] = await local.adapter.find([part.key], context);
  const [late] = await local.adapter.submit([part], context);
  await local.adapter.prepare([part], context);
  const [later] = await local.adapter.submit([part], context);
  await until(local.adapter, await submit(local.adapter, aJob()));

  expect(absent).toMatchObject({ type: 'absent', evidence: { fencedAt: expect.any(String) } });
  expect(late).toMatchObject({ type: 'refused' });
  expect(later).toMatchObject({ type: 'refused', error: { code: 'FENCED', retryable: false } });
  expect(existsSync(ran)).toBe(false);
});

it('takes a part that is sent again and again as one', async () => {
  const ran = join(local.directory, 'ran');
  const part = aPart(aShellJob(`echo x >> ${ran}`));
  const ref = await toRef(local.adapter, part);
  for (const adapter of [local.adapter, local.another(), local.another()]) {
    await adapter.prepare([part], context);
    const [outcome] = await adapter.submit([part], context);
    expect(outcome).toEqual({ type: 'accepted', nativeId: part.key.token });
    expect(await adapter.find([part.key], context)).toEqual([{ type: 'found', nativeId: part.key.token }]);
    await until(adapter, ref);
  }

  expect(readFileSync(ran, 'utf8')).toBe('x\n');
});

it('keeps a secret out of every file, but for one that goes with the job', async () => {
  const secret = 's3cr3t-value';
  process.env['SCIJOB_TEST_SECRET'] = secret;
  const passwordFile = join(local.directory, '..', `password-${process.pid}`);
  writeFileSync(passwordFile, `it's a "file"\n`);
  const job = aShellJob('[ "$TOKEN" = s3cr3t-value ] && [ "$WORD" = "it\'s a \\"file\\"" ] && ls -l ../../../secrets', {
    secrets: { TOKEN: 'env:SCIJOB_TEST_SECRET', WORD: `file:${passwordFile}` },
  });
  const ref = await submit(local.adapter, job);
  const { status } = await until(local.adapter, ref);
  delete process.env['SCIJOB_TEST_SECRET'];

  expect(status.state).toBe('succeeded');
  expect((await local.adapter.readLogs(ref, {}, context)).lines[0]?.text).toMatch(/^-rw-------/);
  const files = readdirSync(local.directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  // The command itself names the value it compares with.
  const holding = files.filter(({ parentPath, name }) => {
    const text = readFileSync(join(parentPath, name), 'latin1');
    return text.includes('export TOKEN') || (text.includes(secret) && !text.includes('= s3cr3t-value ]'));
  });
  expect(holding.map(({ name }) => name)).toEqual([]);
  const [refused] = await local.adapter.prepare([aPart(job)], context);
  expect(refused).toMatchObject({ type: 'refused', error: { message: expect.stringContaining('SCIJOB_TEST_SECRET') } });
});

/** Never 0 or less: that would be a whole group, this test's own among them. */
function requirePid(pid: number | undefined): number {
  if (pid === undefined || pid <= 0) throw new Error(`no process id: ${pid}`);
  return pid;
}
