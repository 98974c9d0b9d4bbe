import { UnknownAdapterError } from '../errors/unknown-adapter-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import { retryRuleOf } from '../job/retry-policy.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { DependencyCondition } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import { FAILURE_REASONS } from '../state/failure-reason.ts';

const NEVER_RETRIED = ['cancelled-by-user', 'cancelled-by-admin', 'dependency-failed'] as const;

export interface AskedOf {
  /** Number of items, of an array. */
  readonly count?: number;
  readonly conditions: readonly DependencyCondition[];
}

/**
 * Refuses by name what neither the adapter nor core in its place can do. What only the adapter can know, it refuses itself.
 * A retry for a reason that the backend cannot report is accepted: it will never be needed.
 */
export function requireSupported(
  adapter: string,
  capabilities: AdapterCapabilities<never>,
  job: ResolvedJob,
  { count, conditions }: AskedOf,
): void {
  const kinds = capabilities.kinds as Readonly<Record<string, true>>;
  if (!kinds[job.kind]) {
    throw new UnknownAdapterError(
      `"${adapter}" does not run ${job.kind} jobs; it runs: ${Object.keys(kinds).join(', ')}.`,
    );
  }
  const refuse = (what: string, wayOut: string) => {
    throw new UnsupportedError(`"${adapter}" cannot honour \`${what}\` of the job "${job.name}". ${wayOut}`);
  };
  for (const condition of conditions) {
    if (capabilities.dependencies[condition] === 'refused') {
      refuse(`after (${condition})`, 'Await the first job, then submit the second.');
    }
    if (condition === 'aftercorr' && count === undefined) {
      throw new TypeError('afterEach() pairs the tasks of two arrays: it belongs to map(), not to submit().');
    }
  }
  requireRetries(capabilities, job, refuse);
  if (job.parallel && !capabilities.parallel) refuse('parallel', 'Use an adapter that runs several processes.');
  if (count === undefined) return;
  const { arrays } = capabilities;
  if (arrays === false) refuse('map', 'It has no arrays: submit the jobs one by one.');
  else if (job.array?.maxConcurrent !== undefined && arrays.maxConcurrent === 'refused') {
    refuse('maxConcurrent', 'Leave it out, or map over fewer items at a time.');
  } else if ((job.array?.itemsPerTask ?? 1) > 1 && arrays.itemsPerTask === 'refused') {
    refuse('itemsPerTask', 'Leave it out: each item is then a task of its own.');
  }
}

type Refuse = (what: string, wayOut: string) => void;

function requireRetries({ retries }: AdapterCapabilities<never>, job: ResolvedJob, refuse: Refuse): void {
  for (const reason of FAILURE_REASONS) {
    const rule = retryRuleOf(job.retry, reason);
    if (!rule) continue;
    if ((NEVER_RETRIED as readonly string[]).includes(reason)) {
      refuse(`retry.${reason}`, 'It is never tried again: somebody meant it, or it would fail the same way.');
    }
    if (retries[reason] === 'refused') {
      refuse(`retry.${reason}`, 'Leave it out, and submit again when the job failed for that reason.');
    }
    const { memoryFactor = 1, timeLimitFactor = 1 } = rule;
    if (memoryFactor !== 1 && job.resources.memoryGiB === undefined) {
      refuse(`retry.${reason}.memoryFactor`, 'There is nothing to multiply: give the job `resources.memoryGiB`.');
    }
    if (timeLimitFactor !== 1 && job.timeLimitSeconds === undefined) {
      refuse(`retry.${reason}.timeLimitFactor`, 'There is nothing to multiply: give the job `timeLimitSeconds`.');
    }
  }
}
