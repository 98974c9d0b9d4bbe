// A pipeline on a fake backend: a day of queueing and six samples, in a blink, on no cluster.
import { createClient } from '@scijob/core';
import { createFakeAdapter, manualClock } from '@scijob/testing';
import { callCohort } from './call-cohort.ts';

const clock = manualClock();
const hpc = createFakeAdapter({
  queueSeconds: 86_400,
  runSeconds: 3 * 3_600,
  // 16 GiB are too little for one of them.
  ends: (job) =>
    job.tags['sample'] === 'NA12892' && (job.resources.memoryGiB ?? 0) < 32 ? 'out-of-memory' : 'succeeded',
  outputs: (job) => ({
    'stats.json': { variants: 4_700_000, tiTv: job.tags['sample'] === 'NA12891' ? 1.2 : 2.1 },
  }),
});
const client = createClient({ adapters: { hpc }, ledger: 'memory', clock });

const names = ['NA12877', 'NA12878', 'NA12889', 'NA12890', 'NA12891', 'NA12892'];
const samples = names.map((name) => ({ name, reads: `s3://genomes/${name}.cram` }));
const report = await clock.run(callCohort(client, samples));

console.log(`Called: ${report.called.join(', ')}`);
for (const { sample, why } of report.leftOut) console.log(`Left out: ${sample} (${why})`);
console.log(`Submitted: ${hpc.submitted.length} tasks in ${hpc.submittedParts.length} jobs`);
console.log(`It is ${clock.now().toISOString().slice(0, 10)}.`);
await client.close();
