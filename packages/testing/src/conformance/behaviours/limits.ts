import assert from 'node:assert/strict';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { items, listAllChildren } from '../bench/arrays.ts';
import { exits, sleeps } from '../bench/tasks.ts';
import type { Task } from '../does.ts';

const GIVEN = { given: ['commands'] } as const satisfies Partial<Behaviour>;

export const limits: Chapter = {
  name: 'time limits',
  behaviours: [
    {
      id: 'time-limit',
      title: 'ends a command at its time limit, and gives that as the reason',
      rule: 'R5: everything ends; DESIGN §4: time-limit',
      ...GIVEN,
      async run(bench) {
        const timeLimitSeconds = Math.max(1, bench.capabilities.timeLimitResolutionSeconds);

        const { last } = await bench.run(sleeps(bench, { timeLimitSeconds }));

        assert.equal(last.status.state, 'failed');
        assert.equal(last.status.state === 'failed' && last.status.reason, 'time-limit');
      },
    },
    {
      id: 'time-limit-not-reached',
      title: 'lets a command end by itself that stays below its limit',
      rule: 'DESIGN §4: state × reason',
      ...GIVEN,
      async run(bench) {
        const { last } = await bench.run(exits(bench, 0, { timeLimitSeconds: 3_600 }));

        assert.equal(last.status.state, 'succeeded');
      },
    },
    {
      id: 'time-limit-own-failure',
      title: 'gives a failure below the limit its own reason',
      rule: 'failure 31 of §1.4: typed reasons',
      ...GIVEN,
      async run(bench) {
        const { last } = await bench.run(exits(bench, 9, { timeLimitSeconds: 3_600 }));

        assert.equal(last.status.state === 'failed' && last.status.reason, 'exit-nonzero');
      },
    },
    {
      id: 'time-limit-per-task',
      title: 'holds each task of an array to the limit by itself',
      rule: 'DESIGN §4: the limit is of one task',
      given: ['commands', 'arrays'],
      async run(bench) {
        const task: Task = {
          command: bench.shell('[ "$SCIJOB_INDEX" = 1 ] && exec sleep 600; exit 0'),
          does: (index) => (index === 1 ? { seconds: Number.POSITIVE_INFINITY } : {}),
          timeLimitSeconds: Math.max(1, bench.capabilities.timeLimitResolutionSeconds),
        };

        const { ref } = await bench.run(task, { items: items(3) });

        const [failed, ...others] = await listAllChildren(bench, ref, { states: ['failed'] });
        assert.deepEqual(others, []);
        assert.equal(failed?.child, 1);
        assert.equal(failed?.status.state === 'failed' && failed.status.reason, 'time-limit');
      },
    },
  ],
};
