import { type RetryPolicy, retryRuleOf } from '../job/retry-policy.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { PlannedFeature, SubmissionPlan } from '../seam/submission-plan.ts';
import { FAILURE_REASONS } from '../state/failure-reason.ts';
import type { JobRequest } from './job-request.ts';

/** What the adapter plans, with what this client would do besides. */
export function planWithDuties(
  planned: SubmissionPlan,
  { plan, dependencies, after, resolved, placing }: JobRequest,
  policy: RetryPolicy,
  { arrays, retries }: AdapterCapabilities<never>,
): SubmissionPlan {
  const asked = (placing as { readonly array?: { readonly itemsPerTask?: number } }).array?.itemsPerTask ?? 1;
  const features: PlannedFeature[] = [...planned.features];
  const add = (feature: PlannedFeature) => {
    if (!features.some((one) => one.feature === feature.feature)) features.push(feature);
  };
  for (const reason of FAILURE_REASONS) {
    if (!retryRuleOf(policy, reason)) continue;
    const feature = `retry.${reason}`;
    if (plan.retried.has(reason)) add({ feature, support: 'owner', note: 'this client submits it again' });
    else if (retries[reason] === 'native') add({ feature, support: 'native' });
    else add({ feature, support: 'native', note: 'never needed: this backend cannot report it' });
  }
  for (const { condition } of dependencies) {
    const isHeld = plan.duties.includes('dependency');
    if (isHeld) add({ feature: condition, support: 'owner', note: 'held by this client until then' });
    else if (after.length > 0) add({ feature: condition, support: 'native' });
    else add({ feature: condition, support: 'native', note: 'what it waits for is there already' });
  }
  if (plan.window !== undefined) add({ feature: 'maxConcurrent', support: 'owner', note: 'sent part by part' });
  if (asked > 1 && (arrays === false || arrays.itemsPerTask !== 'native')) {
    add({ feature: 'itemsPerTask', support: 'owner', note: 'each item is a task of its own' });
  }
  const count = resolved.array?.count;
  const parts =
    count === undefined || plan.itemsPerPart === undefined ? planned.parts : Math.ceil(count / plan.itemsPerPart);
  return { ...planned, parts: Math.max(parts, planned.parts), features, duties: plan.duties };
}
