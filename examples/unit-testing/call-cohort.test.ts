import { type Client, createClient } from '@scijob/core';
import { createFakeAdapter, type FakeAdapter, type FakeAdapterOptions, manualClock } from '@scijob/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { callCohort } from './call-cohort.ts';

const samples = ['NA12877', 'NA12878', 'NA12879'].map((name) => ({ name, reads: `s3://genomes/${name}.cram` }));
const goodStats = { 'stats.json': { variants: 4_700_000, tiTv: 2.1 } };

let client: Client<{ readonly hpc: FakeAdapter }>;
afterEach(() => client.close());

/** Runs the pipeline on a fake, however long that takes there. */
async function callOn(options: FakeAdapterOptions) {
  const clock = manualClock();
  const hpc = createFakeAdapter({ outputs: goodStats, ...options });
  client = createClient({ adapters: { hpc }, ledger: 'memory', logger: false, clock });
  const report = await clock.run(callCohort(client, samples));
  return { report, hpc, clock };
}

describe('callCohort', () => {
  it('calls each sample with its own reads, and merges the calls', async () => {
    const { report, hpc } = await callOn({});

    expect(report).toMatchObject({ called: ['NA12877', 'NA12878', 'NA12879'], leftOut: [] });
    expect(hpc.submitted.map(({ name }) => name)).toEqual([
      'call-variants',
      'call-variants',
      'call-variants',
      'merge-calls',
    ]);
    expect(hpc.submitted[1]?.inputs).toEqual({
      'GRCh38.fa': '/reference/GRCh38.fa',
      'reads.cram': 's3://genomes/NA12878.cram',
    });
    expect(Object.keys(hpc.submitted[3]?.inputs ?? {}).sort()).toEqual([
      'calls/NA12877.vcf.gz',
      'calls/NA12878.vcf.gz',
      'calls/NA12879.vcf.gz',
    ]);
  });

  it('tries samples that ran out of memory once more with 32 GiB, and no others', async () => {
    const { report, hpc } = await callOn({
      ends: (job) =>
        job.tags['sample'] === 'NA12878' && job.resources.memoryGiB === 16 ? 'out-of-memory' : 'succeeded',
    });

    expect(report.called).toEqual(['NA12877', 'NA12878', 'NA12879']);
    const again = hpc.submitted.filter(({ resources }) => resources.memoryGiB === 32);
    expect(again.map(({ tags }) => tags['sample'])).toEqual(['NA12878']);
  });

  it('leaves out what failed for good, and what is mostly noise, by name', async () => {
    const { report } = await callOn({
      ends: (job) => (job.tags['sample'] === 'NA12877' ? { reason: 'exit-nonzero', exitCode: 2 } : 'succeeded'),
      outputs: (job) => ({ 'stats.json': { variants: 9_000_000, tiTv: job.tags['sample'] === 'NA12879' ? 1.1 : 2.1 } }),
    });

    expect(report.called).toEqual(['NA12878']);
    expect(report.leftOut).toEqual([
      { sample: 'NA12879', why: 'Ti/Tv of 1.1' },
      { sample: 'NA12877', why: 'exit-nonzero' },
    ]);
  });

  it('takes statistics that do not fit the schema for missing', async () => {
    const { report, hpc } = await callOn({ outputs: { 'stats.json': { variants: 'many' } } });

    expect(report.leftOut.map(({ why }) => why)).toEqual(['output-missing', 'output-missing', 'output-missing']);
    expect(hpc.submittedParts).toHaveLength(1);
  });

  it('merges nothing when nothing is left', async () => {
    const { report, hpc } = await callOn({ ends: 'node-failure' });

    expect(report.called).toEqual([]);
    expect(report.cohort).toBeUndefined();
    expect(hpc.submitted.some(({ name }) => name === 'merge-calls')).toBe(false);
  });

  it('gets through two days of queueing', async () => {
    const { report, clock } = await callOn({ queueSeconds: 86_400, runSeconds: 6 * 3_600 });

    expect(report.called).toHaveLength(3);
    expect(clock.now().getTime()).toBeGreaterThan(Date.UTC(2026, 0, 3));
  });
});
