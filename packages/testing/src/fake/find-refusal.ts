import type { AdapterCapabilities, JobKind, Refusal, ResolvedJob } from '@scijob/core/adapter';
import { FAILURE_REASONS } from '@scijob/core/adapter';
import { retryTimes } from './retry-times.ts';

/** The first thing a job asks for that the capabilities say is not there, by name and with the way out; pure. */
export function findRefusal(
  job: ResolvedJob,
  tasks: number,
  { kinds, arrays, parallel, containers, retries }: AdapterCapabilities<JobKind>,
): Refusal | undefined {
  if (!kinds[job.kind])
    return unsupported(`kind ${JSON.stringify(job.kind)}`, `It runs: ${Object.keys(kinds).join(', ')}.`);
  if (job.image !== undefined && !containers) {
    return unsupported(`image ${JSON.stringify(job.image)}`, 'It has no containers: leave out `image`.');
  }
  if (job.parallel !== undefined && !parallel) {
    return unsupported('parallel', 'It runs one process for each task: leave out `parallel`.');
  }
  for (const reason of FAILURE_REASONS) {
    if (retryTimes(job.retry, reason) > 0 && retries[reason] === 'refused')
      return unsupported(`retry.${reason}`, 'Leave it out, and submit again.');
  }
  if (!job.array) return undefined;
  if (arrays === false) return unsupported('map', 'It has no arrays: submit the jobs one by one.');
  if (tasks > arrays.maxCount) return unsupported('map', `${tasks} tasks are more than its ${arrays.maxCount}.`);
  if (job.array.maxConcurrent !== undefined && arrays.maxConcurrent === 'refused') {
    return unsupported(`maxConcurrent ${job.array.maxConcurrent}`, 'Leave it out.');
  }
  return undefined;
}

function unsupported(what: string, wayOut: string): Refusal {
  return { code: 'UNSUPPORTED', message: `The fake adapter cannot honour ${what}. ${wayOut}`, retryable: false };
}
