import fc from 'fast-check';
import { type JobSpec, RETRIED, type TaskSpec } from './job-spec.ts';
import type { Slot } from './model-world.ts';
import type { Step } from './take-step.ts';
import type { Trouble, WiredMethod } from './wire.ts';

const slot = fc.constantFrom<Slot>('a', 'b');
const key = fc.constantFrom('k0', 'k1', 'k2');
const job = fc.nat({ max: 5 });
const task: fc.Arbitrary<TaskSpec> = fc.record({
  ends: fc.oneof(
    { weight: 2, arbitrary: fc.constant<TaskSpec['ends']>(['succeeded']) },
    {
      weight: 3,
      arbitrary: fc.array(fc.constantFrom('succeeded' as const, ...RETRIED), { minLength: 1, maxLength: 4 }),
    },
  ),
  queueSeconds: fc.constantFrom(0, 20),
  runSeconds: fc.constantFrom(0, 5, 100),
});
const retry = fc.record(Object.fromEntries(RETRIED.map((reason) => [reason, fc.integer({ min: 1, max: 2 })])), {
  requiredKeys: [],
}) as fc.Arbitrary<JobSpec['retry']>;
const after = fc.option(
  fc.record({ nth: job, condition: fc.constantFrom('afterok' as const, 'afterany', 'afternotok', 'aftercorr') }),
  { nil: undefined },
);
const spec: fc.Arbitrary<JobSpec> = fc
  .record({
    isArray: fc.boolean(),
    tasks: fc.array(task, { minLength: 1, maxLength: 5 }),
    retry: fc.oneof(fc.constant({}), retry),
    maxConcurrent: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    after,
  })
  .map(({ isArray, tasks, maxConcurrent, after, ...rest }) => ({
    ...rest,
    isArray,
    tasks: isArray ? tasks : tasks.slice(0, 1),
    ...(isArray && maxConcurrent !== undefined ? { maxConcurrent } : {}),
    ...(after ? { after } : {}),
  }));

const ms = fc.constantFrom(0, 10, 300, 1_000, 5_000, 30_000, 150_000, 1_200_000);
const submits = fc.record({ do: fc.constant('submit' as const), by: slot, spec });

/** Every step, the common ones more often. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(submits, fc.option(key, { nil: undefined })).map(([one, key]) => (key ? { ...one, key } : one)),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('submit-again' as const, 'submit-other' as const), by: slot, key }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('attach' as const, 'cancel', 'retry-failed', 'rerun'), by: slot, job }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('adopt' as const, 'adopt', 'close', 'resume', 'resume'),
      by: slot,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('crash' as const, 'crash', 'pause'),
      by: slot,
      atStep: fc.oneof(fc.constant(0), fc.nat({ max: 15 }), fc.nat({ max: 80 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('skew' as const), by: slot, hours: fc.constantFrom(-30, -1, 1, 400) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('trouble' as const),
      on: fc.constantFrom<WiredMethod>(
        'submit',
        'submit',
        'find',
        'observe',
        'prepare',
        'listChildren',
        'cancel',
        'target',
      ),
      how: fc.constantFrom<Trouble>('lost', 'reply-lost', 'throttled', 'busy'),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('freeze' as const, 'thaw', 'thaw', 'fill-disk', 'empty-disk'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('preempt' as const, 'preempt', 'purge', 'reuse-id'), job }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'freeze', on: 'submit' }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
);
