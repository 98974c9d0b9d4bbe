import { expect, it } from 'vitest';
import type { EndLine } from '../end-line.ts';
import { aJob } from '../job.fixture.ts';
import type { RetryLine } from '../retry-line.ts';
import { planRetry } from './plan-retry.ts';

const job = aJob({ retry: { 'exit-nonzero': 12, 'time-limit': { times: 1, delaySeconds: 60 }, 'node-failure': 3 } });
const failed = (reason: EndLine['reason']): EndLine => ({
  index: 0,
  state: 'failed',
  at: 0,
  ...(reason && { reason }),
});
const before = (...reasons: EndLine['reason'][]): RetryLine[] =>
  reasons.map((reason) => ({ end: failed(reason), dueAt: 0 }));

it('waits one second, then twice as long each time, at most ten minutes', () => {
  const waits = Array.from({ length: 12 }, (_, used) => {
    const earlier = before(...Array.from({ length: used }, () => 'exit-nonzero' as const));
    return (planRetry(job, failed('exit-nonzero'), earlier, 5_000)?.dueAt ?? 0) - 5_000;
  });

  expect(waits.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
});

it('has a budget for each reason by itself', () => {
  const crashes = before(...Array.from({ length: 12 }, () => 'exit-nonzero' as const));

  expect(planRetry(job, failed('exit-nonzero'), crashes, 0)).toBeUndefined();
  expect(planRetry(job, failed('time-limit'), crashes, 0)).toEqual({ end: failed('time-limit'), dueAt: 60_000 });
  expect(planRetry(job, failed('time-limit'), [...crashes, ...before('time-limit')], 0)).toBeUndefined();
});

it('tries nothing again but failures that have a budget and can happen here', () => {
  const ends: EndLine[] = [
    failed('staging'),
    failed('node-failure'),
    { index: 0, state: 'succeeded', at: 0 },
    { index: 0, state: 'lost', at: 0, reason: 'unknown' },
    { index: 0, state: 'cancelled', at: 0, reason: 'exit-nonzero' },
  ];

  expect(ends.map((end) => planRetry(job, end, [], 0))).toEqual(ends.map(() => undefined));
});
