import fc from 'fast-check';
import { describe, it } from 'vitest';
import { anyStep } from './any-step.ts';
import { CAPABILITY_SETS, type CapabilitySet } from './capability-sets.ts';
import { judgeRest } from './judge-rest.ts';
import { newWorld } from './run-model.ts';
import { StepCommand } from './step-command.ts';
import { requireUnbroken } from './take-step.ts';
import { TOLERATED } from './tolerated.ts';

/** Some in CI; `SCIJOB_TEST_RUNS=2000 SCIJOB_TEST_SEED=…` for more, or others. What fails is shrunk, and goes to regressions.test.ts. */
const RUNS = Number(process.env['SCIJOB_TEST_RUNS'] ?? 60);
const SEED = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
const SETS = Object.keys(CAPABILITY_SETS) as CapabilitySet[];

describe(`whatever users, backends and fate do (seed ${SEED}, ${RUNS} runs)`, () => {
  it.each(SETS)(
    'keeps its promises on a backend that %s',
    async (set) => {
      const runs = Math.ceil(RUNS / SETS.length);
      await fc.assert(
        fc.asyncProperty(
          fc.commands([anyStep.map((step) => new StepCommand(step))], { maxCommands: 30, size: 'max' }),
          fc.boolean(),
          async (commands, hasTwoHosts) => {
            const world = newWorld(set, { hasTwoHosts, tolerated: TOLERATED });
            await fc.asyncModelRun(() => ({ model: world.jobs, real: world }), commands);
            await judgeRest(world);
            requireUnbroken(world);
          },
        ),
        { seed: SEED, numRuns: runs, endOnFailure: false },
      );
    },
    3_600_000,
  );
});
