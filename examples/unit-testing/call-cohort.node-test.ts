// The same with Node's own test runner: nothing here belongs to vitest.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient } from '@scijob/core';
import { createFakeAdapter, manualClock } from '@scijob/testing';
import { callCohort } from './call-cohort.ts';

describe('callCohort', () => {
  it('goes on without the sample whose node failed', async () => {
    const clock = manualClock();
    const hpc = createFakeAdapter({
      runSeconds: 3_600,
      ends: (job) => (job.tags['sample'] === 'NA12878' ? 'node-failure' : 'succeeded'),
      outputs: { 'stats.json': { variants: 4_700_000, tiTv: 2.1 } },
    });
    const client = createClient({ adapters: { hpc }, ledger: 'memory', logger: false, clock });
    const samples = ['NA12877', 'NA12878'].map((name) => ({ name, reads: `/reads/${name}.cram` }));

    const report = await clock.run(callCohort(client, samples));

    assert.deepEqual(report.called, ['NA12877']);
    assert.deepEqual(report.leftOut, [{ sample: 'NA12878', why: 'node-failure' }]);
    assert.equal(hpc.backend.doubles.length, 0);
    await client.close();
  });
});
