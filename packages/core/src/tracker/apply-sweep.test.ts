import { describe, expect, it } from 'vitest';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobStatus } from '../state/job-status.ts';
import { applySweep, LOST_AFTER_AWAKE_MS, LOST_AFTER_SWEEPS } from './apply-sweep.ts';
import { JobIndex } from './job-index.ts';
import { TrackedJob } from './tracked-job.ts';

const at = new Date(0);
const ref: JobRef = {
  version: 1,
  target: { adapter: 'x', id: 'x', describe: {} },
  key: 'k',
  jobHash: '',
  submissions: [],
  kind: 'command',
  places: {},
};
const tracked = () => {
  const job = new TrackedJob(ref, { state: 'running', attempt: '1.0', at });
  const jobs = new JobIndex();
  jobs.add(job);
  return { job, jobs };
};
const stateOf = (job: TrackedJob) => (job.ending ?? job.status).state;
const unseen = { covered: [ref], seen: [] };
const time = (awakeMs: number) => ({ at, monotonicMs: 0, awakeMs });

describe('applySweep', () => {
  it('calls a job lost after three answered sweeps without evidence over fifteen waking minutes, not before', () => {
    const { job, jobs } = tracked();
    for (let sweep = 1; sweep < 10; sweep += 1)
      expect(applySweep(jobs, unseen, time(LOST_AFTER_AWAKE_MS / 10))).toEqual([]);
    expect(stateOf(job)).toBe('running');
    expect(applySweep(jobs, unseen, time(LOST_AFTER_AWAKE_MS / 10))).toEqual([job]);
    expect(job.ending).toMatchObject({
      state: 'lost',
      reason: 'unknown',
      message: expect.stringContaining('15 waking minutes'),
    });
  });

  it('needs three sweeps however much time went by between two', () => {
    const { job, jobs } = tracked();
    for (let sweep = 1; sweep < LOST_AFTER_SWEEPS; sweep += 1) applySweep(jobs, unseen, time(10 * LOST_AFTER_AWAKE_MS));
    expect(stateOf(job)).toBe('running');
  });

  it('counts from the beginning again once the job was seen', () => {
    const { job, jobs } = tracked();
    const status: JobStatus = { state: 'running', attempt: '1.0', at };
    for (let sweep = 0; sweep < 2; sweep += 1) applySweep(jobs, unseen, time(LOST_AFTER_AWAKE_MS));
    applySweep(jobs, { covered: [ref], seen: [{ ref, status, evidence: null }] }, time(0));
    applySweep(jobs, unseen, time(LOST_AFTER_AWAKE_MS));
    expect(stateOf(job)).toBe('running');
  });

  it('concludes nothing about a job the sweep did not cover', () => {
    const { job, jobs } = tracked();
    for (let sweep = 0; sweep < 10; sweep += 1) applySweep(jobs, { covered: [], seen: [] }, time(LOST_AFTER_AWAKE_MS));
    expect(stateOf(job)).toBe('running');
  });

  it('reports a change of an array’s counts though its state is the same', () => {
    const { job, jobs } = tracked();
    const seen = (running: number) => [{ ref, status: job.status, counts: { running }, evidence: null }];
    expect(applySweep(jobs, { covered: [ref], seen: seen(1) }, time(0))).toEqual([job]);
    expect(applySweep(jobs, { covered: [ref], seen: seen(1) }, time(0))).toEqual([]);
    expect(applySweep(jobs, { covered: [ref], seen: seen(2) }, time(0))).toEqual([job]);
  });
});
