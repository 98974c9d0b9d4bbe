import { expect, it } from 'vitest';
import type { PartRun } from './part-run.ts';
import { PoolUsage } from './pool-usage.ts';
import { Scheduler } from './scheduler.ts';

const pool = { cpus: 4, memoryGiB: 8, gpus: 0 };

/** As much of a part as the scheduler sees. */
function aPart(cpus: number, tasks: number, runningMost = Number.POSITIVE_INFINITY) {
  const running = new Set<number>();
  let left = tasks;
  return {
    request: { cpus, memoryGiB: 0, gpus: 0 },
    record: { pool },
    running,
    get hasWaiting() {
      return left > 0;
    },
    get mayStart() {
      return running.size < runningMost;
    },
    start: () => {
      left -= 1;
      running.add(left);
    },
  };
}
type FakePart = ReturnType<typeof aPart>;

function aScheduler(...parts: readonly FakePart[]) {
  const usage = new PoolUsage();
  const scheduler = new Scheduler(usage);
  for (const part of parts) scheduler.add(part as unknown as PartRun);
  const startAll = (nowMs: number) => {
    const started: number[] = [];
    for (let next = scheduler.next(nowMs); next; next = scheduler.next(nowMs)) {
      const part = next as unknown as FakePart;
      usage.take(part.request, pool);
      part.start();
      started.push(parts.indexOf(part));
    }
    return started;
  };
  const end = (part: FakePart) => {
    const [one] = part.running;
    if (one === undefined) throw new Error('nothing runs');
    part.running.delete(one);
    usage.giveBack(part.request, []);
  };
  return { startAll, end };
}

it('lets a small job in beside a long array that came first', () => {
  const { startAll } = aScheduler(aPart(1, 100), aPart(1, 1), aPart(1, 1));

  expect(startAll(0)).toEqual([0, 1, 2, 0]);
});

it('passes by a part that does not fit, but not for ever', () => {
  const narrow = aPart(1, 100);
  const wide = aPart(4, 1);
  const { startAll, end } = aScheduler(narrow, wide);
  expect(startAll(0)).toEqual([0, 0, 0, 0].slice(0, 4));

  end(narrow);
  expect(startAll(1_000)).toEqual([0]);
  end(narrow);
  expect(startAll(20_000)).toEqual([]);
  for (let left = 0; left < 3; left += 1) end(narrow);
  expect(startAll(20_001)).toEqual([1]);
});

it('starts no more of one array than it allows', () => {
  expect(aScheduler(aPart(1, 100, 2)).startAll(0)).toEqual([0, 0]);
});

it('never starts more than the pool holds', () => {
  expect(aScheduler(aPart(1.5, 100)).startAll(0)).toEqual([0, 0]);
});
