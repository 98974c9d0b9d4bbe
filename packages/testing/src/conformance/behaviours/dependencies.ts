import assert from 'node:assert/strict';
import { type DependencyCondition, isFinal } from '@scijob/core/adapter';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { items, listAllChildren } from '../bench/arrays.ts';
import type { Bench, Started } from '../bench/bench.ts';
import { exits, lasts } from '../bench/tasks.ts';
import type { Task } from '../does.ts';
import { refusedAnywhere } from './refused-anywhere.ts';

async function startAfter(bench: Bench, parent: Started, condition: DependencyCondition): Promise<Started> {
  return bench.start(exits(bench, 0), { after: [{ ref: parent.ref, condition }] });
}

/** The dependent job may not be seen to run before its parent is seen to have ended. */
async function runsOnlyAfter(bench: Bench, parent: Started, condition: DependencyCondition): Promise<void> {
  const child = await startAfter(bench, parent, condition);
  await bench.until(
    child.ref,
    ({ status }) => {
      if (!isFinal(status)) return false;
      assert.equal(status.state, 'succeeded');
      return true;
    },
    'the end of the dependent job',
  );
  const parentLook = await bench.look(parent.ref);
  assert.ok(parentLook && isFinal(parentLook.status), 'its parent has ended');
  const childLook = await bench.look(child.ref);
  assert.ok(childLook && childLook.status.at >= parentLook.status.at, 'it ended after its parent');
}

async function neverRuns(bench: Bench, parent: Started, condition: DependencyCondition): Promise<void> {
  const child = await startAfter(bench, parent, condition);
  const { status } = await bench.end(child);
  assert.ok(status.state === 'failed' || status.state === 'cancelled', status.state);
  assert.equal(status.reason, 'dependency-failed');
  assert.equal(status.exitCode, undefined, 'it never ran');
}

function refusedWhereOff(condition: DependencyCondition): Behaviour {
  return {
    id: `${condition}-refused`,
    title: `refuses a part that is to run ${condition}, by name, where the backend does not do that`,
    rule: 'DESIGN §4: refused by name, never dropped',
    without: `native ${condition}`,
    async run(bench) {
      const parent = await bench.start(lasts(bench, 1));
      const part = bench.part(exits(bench, 0), { after: [{ ref: parent.ref, condition }] });

      const refusal = await refusedAnywhere(bench, part);

      assert.ok(refusal, 'a condition was dropped');
      assert.match(refusal.message, /after/);
      await bench.end(parent);
    },
  };
}

export const dependencies: Chapter = {
  name: 'dependencies',
  behaviours: [
    {
      id: 'afterok-succeeded',
      title: 'runs a job after one that succeeded',
      rule: 'DESIGN §6: afterok, native',
      given: ['native afterok'],
      run: async (bench) => runsOnlyAfter(bench, await bench.start(lasts(bench, 1)), 'afterok'),
    },
    {
      id: 'afterok-failed',
      title: 'never runs a job whose parent had to succeed and did not, and says so',
      rule: 'DESIGN §4: dependency-failed',
      given: ['native afterok'],
      run: async (bench) => neverRuns(bench, await bench.start(exits(bench, 3)), 'afterok'),
    },
    {
      id: 'afterok-ended',
      title: 'runs a job after one that had succeeded before it was submitted',
      rule: 'DESIGN §6: finished parents are resolved',
      given: ['native afterok'],
      run: async (bench) => runsOnlyAfter(bench, await bench.run(exits(bench, 0)), 'afterok'),
    },
    {
      id: 'afterany-failed',
      title: 'runs a job after one that ended, however it did',
      rule: 'DESIGN §6: afterany, native',
      given: ['native afterany'],
      run: async (bench) => runsOnlyAfter(bench, await bench.start(exits(bench, 3)), 'afterany'),
    },
    {
      id: 'afternotok-failed',
      title: 'runs a job after one that failed',
      rule: 'DESIGN §6: afternotok, native',
      given: ['native afternotok'],
      run: async (bench) => runsOnlyAfter(bench, await bench.start(exits(bench, 3)), 'afternotok'),
    },
    {
      id: 'afternotok-succeeded',
      title: 'never runs a job whose parent had to fail and did not',
      rule: 'DESIGN §4: dependency-failed',
      given: ['native afternotok'],
      run: async (bench) => neverRuns(bench, await bench.start(exits(bench, 0)), 'afternotok'),
    },
    {
      id: 'aftercorr-each',
      title: 'runs each task after the task of the same index, and not after one that failed',
      rule: 'DESIGN §6: afterEach, native',
      given: ['arrays', 'native aftercorr'],
      async run(bench) {
        const parentTask: Task = {
          command: bench.shell('[ "$SCIJOB_INDEX" = 1 ] && exit 3; exit 0'),
          does: (index) => (index === 1 ? { exitCode: 3 } : {}),
        };
        const parent = await bench.start(parentTask, { items: items(3) });
        const child = await bench.start(exits(bench, 0), {
          items: items(3),
          after: [{ ref: parent.ref, condition: 'aftercorr' }],
        });

        await bench.end(child);

        const ended = await listAllChildren(bench, child.ref);
        const states = ended.toSorted((a, b) => Number(a.child) - Number(b.child)).map(({ status }) => status.state);
        assert.equal(states[0], 'succeeded');
        assert.notEqual(states[1], 'succeeded');
        assert.equal(states[2], 'succeeded');
      },
    },
    refusedWhereOff('afterok'),
    refusedWhereOff('afterany'),
    refusedWhereOff('afternotok'),
    refusedWhereOff('aftercorr'),
  ],
};
