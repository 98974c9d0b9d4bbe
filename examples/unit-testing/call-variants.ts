// What the pipeline runs: two jobs, described once.
import { CommandJob, file, json } from '@scijob/core';
import { callStats } from './call-stats.ts';

/** Finds the variants of one sample. Its reads are given with the sample. */
export const callVariants = new CommandJob({
  name: 'call-variants',
  command: ['call-variants', '--reads', 'reads.cram', '--reference', 'GRCh38.fa'],
  inputs: { 'GRCh38.fa': '/reference/GRCh38.fa' },
  resources: { cpus: 8, memoryGiB: 16 },
  timeLimitSeconds: 6 * 3_600,
  outputs: { variants: file('variants.vcf.gz'), stats: json('stats.json', callStats) },
});

/** Puts the variants of many samples together. */
export const mergeCalls = new CommandJob({
  name: 'merge-calls',
  command: ['merge-calls', '--out', 'cohort.vcf.gz', 'calls'],
  resources: { cpus: 4, memoryGiB: 8 },
  outputs: { cohort: file('cohort.vcf.gz') },
});
