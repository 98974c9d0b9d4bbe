// The pipeline under test: it knows a client, and nothing of the backend behind it.
import type { ArrayHandle, Artifact, Client, JobAdapter } from '@scijob/core';
import type { CallStats } from './call-stats.ts';
import { callVariants, mergeCalls } from './call-variants.ts';

export interface Sample {
  readonly name: string;
  /** Path or URL. */
  readonly reads: string;
}

export interface CohortReport {
  readonly called: readonly string[];
  readonly leftOut: readonly { readonly sample: string; readonly why: string }[];
  /** Absent when there was nothing to merge. */
  readonly cohort?: Artifact;
}

interface Call {
  readonly sample: Sample;
  readonly variants: Artifact;
  readonly stats: CallStats;
}

/** Below this, most of what was called is noise. */
const LEAST_TI_TV = 1.8;

/**
 * Calls the variants of each sample, those that ran out of memory once more with twice as much, and merges what is good
 * enough. One bad sample never costs the others.
 */
export async function callCohort(
  client: Client<{ readonly hpc: JobAdapter<'command'> }>,
  samples: readonly Sample[],
): Promise<CohortReport> {
  const first = await callAll(client, samples);
  const tooSmall = first.failed.filter(({ why }) => why === 'out-of-memory').map(({ sample }) => sample);
  const second = tooSmall.length > 0 ? await callAll(client, tooSmall, { memoryGiB: 32 }) : { calls: [], failed: [] };

  const calls = [...first.calls, ...second.calls];
  const good = calls.filter(({ stats }) => stats.tiTv >= LEAST_TI_TV);
  const noisy = calls.filter((call) => !good.includes(call));
  const failed = [...first.failed.filter(({ sample }) => !tooSmall.includes(sample)), ...second.failed];
  const cohort = good.length > 0 ? await merge(client, good) : undefined;
  return {
    called: good.map(({ sample }) => sample.name).sort(),
    leftOut: [
      ...noisy.map(({ sample, stats }) => ({ sample: sample.name, why: `Ti/Tv of ${stats.tiTv}` })),
      ...failed.map(({ sample, why }) => ({ sample: sample.name, why })),
    ],
    ...(cohort ? { cohort } : {}),
  };
}

async function callAll(
  client: Client<{ readonly hpc: JobAdapter<'command'> }>,
  samples: readonly Sample[],
  resources: { readonly memoryGiB?: number } = {},
) {
  const job = callVariants.with({ resources });
  const sweep = await client.map(samples, (sample) =>
    job.with({ inputs: { 'reads.cram': sample.reads }, tags: { sample: sample.name } }),
  );
  return sortOut(sweep);
}

async function sortOut(
  sweep: ArrayHandle<Sample, { readonly variants: Artifact; readonly stats: CallStats }>,
): Promise<{
  readonly calls: readonly Call[];
  readonly failed: readonly { readonly sample: Sample; readonly why: string }[];
}> {
  const calls: Call[] = [];
  const failed: { readonly sample: Sample; readonly why: string }[] = [];
  for await (const child of sweep.results()) {
    if (child.state === 'succeeded') calls.push({ sample: child.item, ...child.outputs });
    else failed.push({ sample: child.item, why: child.error.status.reason });
  }
  return { calls, failed };
}

async function merge(client: Client<{ readonly hpc: JobAdapter<'command'> }>, calls: readonly Call[]) {
  const inputs = Object.fromEntries(
    calls.map(({ sample, variants }) => [`calls/${sample.name}.vcf.gz`, variants.uri] as const),
  );
  const handle = await client.submit(mergeCalls.with({ inputs }));
  return (await handle.result()).cohort;
}
