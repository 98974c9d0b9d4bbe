import type { ResolvedJob } from '@scijob/core/adapter';
import { expect, it } from 'vitest';
import { findRefusal } from './find-refusal.ts';
import { aJob } from './job.fixture.ts';
import type { LocalNative } from './local-options.ts';

const machine = { pool: { cpus: 4, memoryGiB: 8, gpus: 0 }, image: 'refuse' as const };

it.each<[string, Partial<ResolvedJob<LocalNative>>]>([
  ['image "python:3"', { image: 'python:3' }],
  ['queue "long"', { queue: 'long' }],
  ['account "lab"', { account: 'lab' }],
  ['priority 3', { priority: 3 }],
  ['purchase "spot"', { purchase: 'spot' }],
  ['resources.cpus 5', { resources: { cpus: 5 } }],
  ['resources.cpus 8', { parallel: { processesPerNode: 8 } }],
  ['resources.memoryGiB 8.5', { resources: { memoryGiB: 8.5 } }],
  ['resources.gpus 1', { resources: { gpus: 1 } }],
  ['resources.diskGiB 1', { resources: { diskGiB: 1 } }],
  ['parallel.nodes 2', { parallel: { nodes: 2 } }],
  ["parallel.launcher 'srun'", { parallel: { launcher: 'srun' } }],
  ['parallel.efa', { parallel: { efa: true } }],
  ['secrets.T "arn:aws:ssm:x"', { secrets: { T: 'arn:aws:ssm:x' } }],
  ['inputs["x"] "s3://b/k"', { inputs: { x: 's3://b/k' } }],
  ['inputs["../x"]', { inputs: { '../x': '/etc/hosts' } }],
  ['inputs["/x"]', { inputs: { '/x': '/etc/hosts' } }],
  ['outputs.o "a/../../b"', { outputs: { o: { type: 'file', path: 'a/../../b', optional: false } } }],
  ['retry.time-limit.timeLimitFactor', { retry: { 'time-limit': { times: 1, timeLimitFactor: 2 } } }],
  ['retry.unknown.purchase', { retry: { unknown: { times: 1, purchase: 'on-demand' } } }],
  ['native.nice 40', { native: { nice: 40 } }],
  ['native.shape', { native: { shape: 1 } as LocalNative }],
])('refuses %s by name and says the way out', (what, changes) => {
  const refusal = findRefusal(aJob(changes), machine);

  expect(refusal).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
  expect(refusal?.message).toContain(`cannot honour ${what}. `);
});

it('never shows what may be a secret itself', () => {
  expect(findRefusal(aJob({ secrets: { T: 'hunter2' } }), machine)?.message).not.toContain('hunter2');
});

it('takes a job that fits exactly, and one with an image when told to ignore it', () => {
  const job = aJob({ resources: { cpus: 4, memoryGiB: 8 }, image: 'python:3', native: { nice: 19 } });

  expect(findRefusal(job, { ...machine, image: 'ignore' })).toBeUndefined();
});
