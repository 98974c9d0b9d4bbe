import type { Json, ResolvedJob, SubmissionPlan, Target } from '@scijob/core/adapter';
import { findRefusal } from './find-refusal.ts';

/** What a submit would do, every value with where it comes from. Pure: secrets stay references. */
export function toSpoolPlan(job: ResolvedJob, target: Target): SubmissionPlan {
  const { kind: _kind, retry: _retry, array: _array, native: _native, ...fields } = job;
  const refusal = findRefusal({ job, after: [], key: { key: '', submission: 1, part: 0, token: '' } });
  return {
    target,
    parts: 1,
    requests: refusal ? [] : [JSON.parse(JSON.stringify(fields)) as Json],
    values: Object.entries(fields).flatMap(([field, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value).map(([name, member]) => toValue(`${field}.${name}`, member))
        : [toValue(field, value)],
    ),
    features: refusal ? [{ feature: 'job', support: 'refused', note: refusal.message }] : [],
  };
}

function toValue(field: string, value: unknown): SubmissionPlan['values'][number] {
  return { field, value: value as Json, from: 'job' };
}
