import type { Json, ResolvedJob, SubmissionPlan, Support } from '@scijob/core/adapter';
import { FAILURE_REASONS } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import { findRefusal } from './find-refusal.ts';
import { retryTimes } from './retry-times.ts';

/** What a submit would do: each value of the job, and for each feature it uses who does it. */
export function planJob({ target, capabilities }: BackendState, job: ResolvedJob): SubmissionPlan {
  const refusal = findRefusal(job, job.array?.count ?? 1, capabilities);
  const features = [...featuresOf(job, capabilities)];
  const { array, ...single } = job;
  const request = { ...single, ...(array ? { tasks: array.count } : {}) } as unknown as Json;
  return {
    target,
    parts: 1,
    requests: refusal ? [] : [request],
    values: [...valuesOf(job)],
    features: refusal
      ? [...features, { feature: refusal.code.toLowerCase(), support: 'refused', note: refusal.message }]
      : features,
  };
}

const PLACED = ['queue', 'account', 'priority', 'purchase'] as const;
const GROUPS = ['environment', 'secrets', 'inputs', 'outputs', 'resources', 'parallel', 'tags'] as const;

function* valuesOf(job: ResolvedJob): Generator<SubmissionPlan['values'][number]> {
  yield { field: 'name', value: job.name, from: 'job' };
  for (const field of ['command', 'script', 'workflow', 'image', 'timeLimitSeconds'] as const) {
    if (job[field] !== undefined) yield { field, value: job[field] as Json, from: 'job' };
  }
  for (const group of GROUPS) {
    for (const [name, value] of Object.entries(job[group] ?? {})) {
      yield { field: `${group}.${name}`, value: value as Json, from: 'job' };
    }
  }
  for (const field of PLACED) if (job[field] !== undefined) yield { field, value: job[field], from: 'options' };
  if (job.array?.maxConcurrent !== undefined) {
    yield { field: 'maxConcurrent', value: job.array.maxConcurrent, from: 'options' };
  }
}

function* featuresOf(
  { array, parallel, image, retry }: ResolvedJob,
  { arrays, parallel: hasParallel, containers, retries }: BackendState['capabilities'],
): Generator<{ readonly feature: string; readonly support: Support; readonly note?: string }> {
  const has = (is: unknown): Support => (is ? 'native' : 'refused');
  if (array) yield { feature: 'array', support: has(arrays) };
  if (array && array.itemsPerTask > 1) yield { feature: 'itemsPerTask', support: has(arrays) };
  if (array?.maxConcurrent !== undefined) {
    yield { feature: 'maxConcurrent', support: arrays === false ? 'refused' : arrays.maxConcurrent };
  }
  if (parallel) yield { feature: 'parallel', support: has(hasParallel) };
  if (image !== undefined) yield { feature: 'image', support: has(containers) };
  for (const reason of FAILURE_REASONS) {
    const support = retries[reason];
    if (retryTimes(retry, reason) === 0) continue;
    if (support) yield { feature: `retry.${reason}`, support };
    else
      yield { feature: `retry.${reason}`, support: 'native', note: 'Never needed: this backend does not report it.' };
  }
}
