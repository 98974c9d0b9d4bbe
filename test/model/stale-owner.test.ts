import { describe, expect, it } from 'vitest';
import type { JobSpec } from './job-spec.ts';
import { runSteps } from './run-model.ts';
import type { Step } from './take-step.ts';
import { TOLERATED } from './tolerated.ts';

/** More than an owner needs to see a failure, to try again and to send the next part. */
const MOMENTS = Array.from({ length: 90 }, (_, index) => index);
const failsOnce = { ends: ['exit-nonzero', 'succeeded'], queueSeconds: 0, runSeconds: 5 } as const;

/**
 * An owner on another machine stands still at each single step it takes, until another client has waited for its sign of
 * life, taken the job over and gone on with it. Then it wakes, and believes to be the owner. Only claims keep the two apart.
 */
describe.each<[string, JobSpec]>([
  ['a job that is tried again', { isArray: false, tasks: [failsOnce], retry: { 'exit-nonzero': 1 } }],
  ['an array that is sent in parts', { isArray: true, tasks: [failsOnce, failsOnce], retry: {}, maxConcurrent: 1 }],
])('the owner of %s that stood still past its lease', (_what, spec) => {
  it('sends nothing that the next owner has sent, wherever it stood', async () => {
    for (const atStep of MOMENTS) {
      const steps: readonly Step[] = [
        { do: 'submit', by: 'a', spec },
        { do: 'advance', ms: 300 },
        { do: 'attach', by: 'b', job: 0 },
        { do: 'pause', by: 'a', atStep },
        { do: 'advance', ms: 400_000 },
        { do: 'resume', by: 'a' },
        { do: 'advance', ms: 30_000 },
      ];
      const world = await runSteps('leaves everything to the owner', steps, {
        hasTwoHosts: true,
        tolerated: TOLERATED,
      });
      expect(world.backend.doubles, `paused at step ${atStep}`).toEqual([]);
    }
  }, 60_000);
});
