import { expect, it } from 'vitest';
import type { JobRef } from '../ids/job-ref.ts';
import { JobIndex } from './job-index.ts';
import { TrackedJob } from './tracked-job.ts';

const aJob = (key: string, nativeId: string) => {
  const ref: JobRef = {
    version: 1,
    target: { adapter: 'x', id: 'x', describe: {} },
    key,
    jobHash: '',
    submissions: [{ number: 1, parts: [{ nativeId }] }],
    kind: 'command',
    places: {},
  };
  return new TrackedJob(ref, { state: 'queued', attempt: '1.0', at: new Date(0) });
};

it('tells two jobs with one key from two ledgers apart, and two keys under one id', () => {
  const index = new JobIndex();
  const jobs = [aJob('screen', '7'), aJob('screen', '8'), aJob('other', '7')];
  for (const job of jobs) index.add(job);

  expect(jobs.map(({ ref }) => index.get(ref))).toEqual(jobs);
  expect(index.size).toBe(3);
  expect(index.get(aJob('none', '7').ref)).toBeUndefined();

  const [first, second, third] = jobs as [TrackedJob, TrackedJob, TrackedJob];
  index.delete(first);
  expect(index.get(first.ref)).toBeUndefined();
  expect(index.get(second.ref)).toBe(second);
  expect(index.get(third.ref)).toBe(third);
  // Added again it takes the place that is free now, once.
  index.add(third);
  expect(index.size).toBe(2);
  index.delete(third);
  expect(index.values()).toEqual([second]);
});

it('gives a job to nobody who knows its id under another key: the backend may have used the id again', () => {
  const index = new JobIndex();
  index.add(aJob('screen', '7'));

  expect(index.get(aJob('other', '7').ref)).toBeUndefined();
});
