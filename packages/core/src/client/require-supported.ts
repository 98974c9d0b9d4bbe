import { UnknownAdapterError } from '../errors/unknown-adapter-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import { FAILURE_REASONS } from '../state/failure-reason.ts';
import type { PlacementOptions } from './placement.ts';

const NEVER_RETRIED = ['cancelled-by-user', 'cancelled-by-admin', 'dependency-failed'] as const;

/** Refuses by name what the adapter's capabilities say it cannot do. What only the adapter can know, it refuses itself. */
export function requireSupported(
  adapter: string,
  capabilities: AdapterCapabilities<never>,
  job: ResolvedJob,
  options: PlacementOptions & { readonly count?: number },
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
  if (options.after !== undefined) {
    refuse('after', 'Dependencies are not there yet: await the first job, then submit the second.');
  }
  for (const reason of NEVER_RETRIED) {
    if (job.retry[reason])
      refuse(`retry.${reason}`, 'It is never tried again: somebody meant it, or it would fail the same way.');
  }
  for (const reason of FAILURE_REASONS) {
    const support = capabilities.retries[reason];
    if (!job.retry[reason] || support === undefined || support === 'native') continue;
    refuse(`retry.${reason}`, 'Leave it out, and submit again when the job failed for that reason.');
  }
  if (job.parallel && !capabilities.parallel) refuse('parallel', 'Use an adapter that runs several processes.');
  if (options.count !== undefined) requireArray(capabilities, options.count, options, refuse);
}

function requireArray(
  { arrays }: AdapterCapabilities<never>,
  count: number,
  { maxConcurrent }: PlacementOptions,
  refuse: (what: string, wayOut: string) => void,
): void {
  if (arrays === false) {
    refuse('map', 'It has no arrays: submit the jobs one by one.');
    return;
  }
  if (count > arrays.maxCount)
    refuse('map', `${count} items are more than its ${arrays.maxCount}: map over fewer at a time.`);
  if (maxConcurrent !== undefined && arrays.maxConcurrent !== 'native') {
    refuse('maxConcurrent', 'Leave it out, or map over fewer items at a time.');
  }
}
