import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { aJob, submit, until } from './job.fixture.ts';
import { aLocal, type LocalFixture } from './local.fixture.ts';
import { findHierarchy } from './runner/memory-group.ts';

const GIB = 2 ** 30;
let local: LocalFixture;
afterEach(() => local.remove());

/** Really uses so much, page by page, and holds it for a while. */
function hog(mebibytes: number, seconds: number): readonly string[] {
  return [
    process.execPath,
    '-e',
    `const b=Buffer.alloc(${mebibytes}*2**20,1);setTimeout(()=>console.log(b.length),${seconds * 1_000})`,
  ];
}

const canGroup = findHierarchy() !== undefined;

describe.each([
  { by: 'the kernel', noCgroups: false, skip: !canGroup },
  { by: 'looking', noCgroups: true, skip: false },
])('a memory limit held by $by', ({ noCgroups, skip }) => {
  it.skipIf(skip)('ends who takes more, as out of memory', async () => {
    local = await aLocal({ memoryGiB: 4 }, { runner: { idleMs: 2_000, noCgroups } });
    const ref = await submit(local.adapter, aJob({ command: hog(700, 30), resources: { memoryGiB: 0.25 } }));

    const { status } = await until(local.adapter, ref);

    expect(status).toMatchObject({
      state: 'failed',
      reason: 'out-of-memory',
      message: expect.stringContaining('0.25 GiB'),
    });
  });

  // Only where a group of the attempt before could be in the way, or else the other.
  const inOneOfThem = noCgroups === canGroup ? [] : ['each'];
  it.each(inOneOfThem)('holds %s further attempt to a limit of its own', async () => {
    local = await aLocal({ memoryGiB: 4 }, { runner: { idleMs: 2_000, noCgroups } });
    const hogs = hog(700, 30)
      .map((word) => `'${word}'`)
      .join(' ');
    const command = ['sh', '-c', `[ $SCIJOB_ATTEMPT = 1.0 ] && exec ${hogs}; sleep 0.3`];
    const retry = { 'out-of-memory': { times: 1, delaySeconds: 0.01 } };
    const ref = await submit(local.adapter, aJob({ command, resources: { memoryGiB: 0.25 }, retry }));

    const { status, evidence } = await until(local.adapter, ref);

    expect(status).toMatchObject({ state: 'succeeded', attempt: '1.1' });
    expect(evidence).toMatchObject({ before: [{ end: { reason: 'out-of-memory' } }] });
  });

  it.skipIf(skip)('counts what all processes of a task take together', async () => {
    local = await aLocal({ memoryGiB: 4 }, { runner: { idleMs: 2_000, noCgroups } });
    const [node = '', ...rest] = hog(200, 30);
    const one = `'${node}' ${rest.map((word) => `'${word}'`).join(' ')}`;
    const command = ['sh', '-c', `${one} & ${one} & ${one} & wait`];
    const ref = await submit(local.adapter, aJob({ command, resources: { memoryGiB: 0.5 } }));

    const { status } = await until(local.adapter, ref);

    expect(status).toMatchObject({ state: 'failed', reason: 'out-of-memory' });
  });

  it.skipIf(skip)('leaves alone who stays below, and says how much that was', async () => {
    local = await aLocal({ memoryGiB: 4 }, { runner: { idleMs: 2_000, noCgroups } });
    const ref = await submit(local.adapter, aJob({ command: hog(200, 1), resources: { memoryGiB: 1 } }));

    const { status, usage } = await until(local.adapter, ref);

    expect(status.state).toBe('succeeded');
    expect((usage?.peakMemoryGiB ?? 0) * GIB).toBeGreaterThan(200 * 2 ** 20);
    expect((usage?.peakMemoryGiB ?? 0) * GIB).toBeLessThan(500 * 2 ** 20);
  });
});

it.skipIf(!canGroup)('leaves no cgroup behind', async () => {
  local = await aLocal();
  const ref = await submit(local.adapter, aJob({ command: ['sleep', '1'], resources: { memoryGiB: 0.5 } }));
  const parent = findHierarchy()?.parent ?? '';
  const token = ref.submissions[0]?.parts[0]?.nativeId ?? '';
  const groups = () => readdirSync(parent).filter((name) => name.includes(token));
  await until(local.adapter, ref, () => groups().length === 1);

  await until(local.adapter, ref);

  // The shell that stood in it takes a moment to go.
  await until(local.adapter, ref, () => groups().length === 0);
  expect(groups()).toEqual([]);
});
