import type { Json } from '../util/json.ts';
import type { ResolvedJob } from './resolved-job.ts';
import type { SubmissionPlan } from './submission-plan.ts';

/** What the placing says; everything else of a resolved job is the job's. */
const PLACING: readonly string[] = ['queue', 'account', 'priority', 'purchase', 'native'];

/** Every value of a resolved job that says something, with where it comes from. */
export function plannedValues(job: ResolvedJob): SubmissionPlan['values'] {
  const { array, ...rest } = job;
  const values: SubmissionPlan['values'][number][] = Object.entries(rest)
    .filter(([, value]) => value !== undefined && !isEmpty(value))
    .map(([field, value]) => ({ field, value: value as Json, from: PLACING.includes(field) ? 'options' : 'job' }));
  if (!array) return values;
  const { count, itemsPerTask, maxConcurrent } = array;
  const dealing = { count, itemsPerTask, ...(maxConcurrent === undefined ? {} : { maxConcurrent }) };
  return [...values, { field: 'array', value: dealing, from: 'options' }];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
