import { createFaults } from '@scijob/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { journey } from './journey.ts';
import type { JourneyBackend } from './journey-backend.ts';
import { localBackend } from './local-backend.ts';
import { mixture } from './mixture.ts';
import { scriptedBackend } from './scripted-backend.ts';

/**
 * A slice of what there is. Thousands: `SCIJOB_TEST_TRIALS=2000 SCIJOB_TEST_SEED=1 vitest run faults/mixtures`. One again:
 * its seed, and `SCIJOB_TEST_TRIALS=1`.
 */
const trials = Number(process.env['SCIJOB_TEST_TRIALS'] ?? 12);
const seed = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
const seeds = (count: number) => Array.from({ length: Math.max(1, Math.round(count)) }, (_, trial) => seed + trial);

beforeAll(() => console.log(`seed ${seed}, ${trials} trials (SCIJOB_TEST_SEED, SCIJOB_TEST_TRIALS)`));

describe.each([
  // Real processes cost more, and of what core does they show no more.
  ['this machine', localBackend, seeds(trials / 4)],
  ['a scripted backend', scriptedBackend, seeds(trials)],
] as const)('a pipeline on %s loses, doubles and invents nothing under faults at once', (_where, make, chosen) => {
  let backend: JourneyBackend;
  beforeAll(async () => {
    backend = await make();
  });
  afterAll(() => backend.remove());

  it.each(chosen)(
    'with seed %i',
    async (one) => {
      await journey(backend, createFaults(mixture(one), { seed: one }), `mixture ${one}`);
    },
    90_000,
  );
});
