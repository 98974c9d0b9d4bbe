import { createFaults } from '@scijob/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { journey } from './journey.ts';
import type { JourneyBackend } from './journey-backend.ts';
import { localBackend } from './local-backend.ts';
import { scriptedBackend } from './scripted-backend.ts';
import { SURVIVABLE_FAULTS, type SurvivableFault } from './survivable-faults.ts';

const seed = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
const names = Object.keys(SURVIVABLE_FAULTS) as readonly SurvivableFault[];

beforeAll(() => console.log(`seed ${seed} (SCIJOB_TEST_SEED)`));

describe.each([
  ['this machine', localBackend],
  ['a scripted backend', scriptedBackend],
])('a pipeline on %s loses, doubles and invents nothing', (_where, make) => {
  let backend: JourneyBackend;
  beforeAll(async () => {
    backend = await make();
  });
  afterAll(() => backend.remove());

  const survive = async (name: SurvivableFault) => {
    const faults = createFaults(SURVIVABLE_FAULTS[name](), { seed });
    await journey(backend, faults, name);
    if (faults.injected.length === 0) throw new Error(`nothing was injected: ${faults}`);
  };

  it.each(names)('when %s', survive, 60_000);
});
