import assert from 'node:assert/strict';
import { isFinal } from '@scijob/core/adapter';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { items, listAllChildren } from '../bench/arrays.ts';
import type { Bench, Started } from '../bench/bench.ts';
import { readAllLogs } from '../bench/read-all-logs.ts';
import { listAllArtifacts } from '../bench/read-artifacts.ts';
import { exits, lasts, sleeps } from '../bench/tasks.ts';
import type { Task } from '../does.ts';
import { neverSubmitted } from './never-submitted.ts';

const GIVEN = { given: ['commands', 'cancel'] } as const satisfies Partial<Behaviour>;
/** What "immediate" may take on a busy machine. */
const IMMEDIATE_SECONDS = 20;

async function running(bench: Bench, task: Task = sleeps(bench)): Promise<Started> {
  const started = await bench.start(task);
  await bench.untilItRuns(started.ref);
  return started;
}

const cancel = (bench: Bench, ...refs: readonly Started['ref'][]) =>
  bench.adapter.cancel(
    refs.map((ref) => ({ ref })),
    'the suite asks for it',
    bench.context(),
  );

export const cancels: Chapter = {
  name: 'cancel',
  behaviours: [
    {
      id: 'cancel-running',
      title: 'is asked, and the job is then seen to be cancelled by the user',
      rule: 'seam: cancel asks; the end is only ever observed',
      ...GIVEN,
      async run(bench) {
        const { ref } = await running(bench);

        assert.deepEqual(await cancel(bench, ref), [{ type: 'requested' }]);

        const { status } = await bench.end({ ref });
        assert.equal(status.state, 'cancelled');
        assert.equal(status.state === 'cancelled' && status.reason, 'cancelled-by-user');
      },
    },
    {
      id: 'cancel-immediate',
      title: 'ends the job soon where cancelling is immediate',
      rule: 'DESIGN §5: cancel immediate or eventual',
      given: ['commands', 'immediate cancel'],
      async run(bench) {
        const { ref } = await running(bench);
        const { clock } = bench.time;
        await cancel(bench, ref);
        const startMs = clock.monotonicMs();

        await bench.end({ ref });

        assert.ok(clock.monotonicMs() - startMs < IMMEDIATE_SECONDS * 1_000);
      },
    },
    {
      id: 'cancel-eventual',
      title: 'shows a job as cancelling, or as it was, until it has ended, where cancelling takes its time',
      rule: 'DESIGN §5: cancel immediate or eventual',
      given: ['commands', 'cancel'],
      without: 'immediate cancel',
      async run(bench) {
        const { ref } = await running(bench);
        await cancel(bench, ref);

        const { status } = await bench.end({ ref });

        assert.equal(status.state, 'cancelled');
      },
    },
    {
      id: 'cancel-ended',
      title: 'says "already ended" of a job that has, and leaves its end as it was',
      rule: 'peers §7: cancel racing completion; R4: final is final',
      ...GIVEN,
      async run(bench) {
        const { ref, last } = await bench.run(exits(bench, 3));

        assert.deepEqual(await cancel(bench, ref), [{ type: 'already-ended' }]);

        await bench.time.pass(200);
        assert.deepEqual((await bench.look(ref))?.status, last.status);
      },
    },
    {
      id: 'cancel-twice',
      title: 'may be asked twice',
      rule: 'failure 37 of §1.4: idempotent',
      ...GIVEN,
      async run(bench) {
        const { ref } = await running(bench);

        const [first] = await cancel(bench, ref);
        const [again] = await cancel(bench, ref);

        assert.equal(first?.type, 'requested');
        assert.ok(again?.type === 'requested' || again?.type === 'already-ended', again?.type);
        assert.equal((await bench.end({ ref })).status.state, 'cancelled');
        assert.deepEqual(await cancel(bench, ref), [{ type: 'already-ended' }]);
      },
    },
    {
      id: 'cancel-identity',
      title: 'does not cancel a job whose id belongs to another key',
      rule: 'seam: verifies identity first (ids are used again)',
      ...GIVEN,
      async run(bench) {
        const { ref } = await running(bench, lasts(bench, 2));

        const [outcome] = await cancel(bench, { ...ref, key: `${ref.key}-other` });

        assert.equal(outcome?.type, 'unknown');
        assert.equal((await bench.end({ ref })).status.state, 'succeeded', 'it was left alone');
      },
    },
    {
      id: 'cancel-never-submitted',
      title: 'says that it does not know a job which the backend never had',
      rule: 'R2: absence is not an outcome',
      ...GIVEN,
      async run(bench) {
        const [outcome] = await cancel(bench, await neverSubmitted(bench));

        assert.equal(outcome?.type, 'unknown');
      },
    },
    {
      id: 'cancel-many',
      title: 'answers one outcome per job, in order, whatever is among them',
      rule: 'peers §7: partial failure of a batch',
      ...GIVEN,
      async run(bench) {
        const [live, ended] = [await running(bench), await bench.run(exits(bench, 0))];

        const outcomes = await cancel(bench, ended.ref, await neverSubmitted(bench), live.ref);

        assert.deepEqual(
          outcomes.map(({ type }) => type),
          ['already-ended', 'unknown', 'requested'],
        );
        assert.equal((await bench.end(live)).status.state, 'cancelled');
      },
    },
    {
      id: 'cancel-only-that',
      title: 'leaves other jobs alone',
      rule: 'R1: nothing but what was asked',
      ...GIVEN,
      async run(bench) {
        const [first, second] = await bench.startParts([bench.part(sleeps(bench)), bench.part(lasts(bench, 1))]);
        assert.ok(first && second);
        await cancel(bench, first.ref);

        assert.equal((await bench.end(first)).status.state, 'cancelled');
        assert.equal((await bench.end(second)).status.state, 'succeeded');
      },
    },
    {
      id: 'cancel-before-start',
      title: 'ends a job that was cancelled right after it was submitted, and its logs and artifacts',
      rule: 'R5, peers §7: log stream missing for a job that never started',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.start(sleeps(bench));
        await cancel(bench, ref);

        assert.equal((await bench.end({ ref })).status.state, 'cancelled');
        if (bench.capabilities.logs !== 'none') assert.deepEqual((await readAllLogs(bench, ref)).lines, []);
        assert.deepEqual(await listAllArtifacts(bench, ref), []);
      },
    },
    {
      id: 'cancel-stubborn',
      title: 'ends a command that ignores polite signals all the same',
      rule: 'R5: everything ends',
      given: ['commands', 'immediate cancel'],
      needs: ['programs'],
      async run(bench) {
        const { ref } = await running(bench, {
          command: bench.shell(`trap '' TERM INT HUP; while :; do sleep 1; done`),
          does: {},
        });
        await cancel(bench, ref);

        assert.equal((await bench.end({ ref })).status.state, 'cancelled');
      },
    },
    {
      id: 'cancel-array',
      title: 'cancels every task of an array',
      rule: 'DESIGN §4: cancel',
      given: ['commands', 'arrays', 'cancel'],
      async run(bench) {
        const started = await bench.start(sleeps(bench), { items: items(4) });
        await cancel(bench, started.ref);

        const { status } = await bench.end(started);

        assert.equal(status.state, 'cancelled');
        assert.equal((await listAllChildren(bench, started.ref, { states: ['cancelled'] })).length, 4);
      },
    },
    {
      id: 'cancel-child',
      title: 'cancels the one task of an array that was asked for, and no other',
      rule: 'DESIGN §4: cancel of one child',
      given: ['commands', 'arrays', 'cancel'],
      async run(bench) {
        const task: Task = {
          command: bench.shell('[ "$SCIJOB_INDEX" = 1 ] && exec sleep 600; sleep 1'),
          does: (index) => ({ seconds: index === 1 ? Number.POSITIVE_INFINITY : 1 }),
        };
        const { ref } = await bench.start(task, { items: items(3) });

        const outcomes = await bench.adapter.cancel(
          [{ ref, children: [1] }],
          'the suite asks for one',
          bench.context(),
        );

        assert.deepEqual(outcomes, [{ type: 'requested' }]);
        await bench.end({ ref });
        const children = await listAllChildren(bench, ref);
        const states = children.toSorted((a, b) => Number(a.child) - Number(b.child)).map(({ status }) => status.state);
        assert.deepEqual(states, ['succeeded', 'cancelled', 'succeeded']);
      },
    },
    {
      id: 'cancel-elsewhere',
      title: 'may be asked by another process',
      rule: 'DESIGN §6: cancel, any client',
      ...GIVEN,
      needs: ['second'],
      async run(bench) {
        const { ref } = await running(bench);

        const outcomes = await bench.second().cancel([{ ref }], 'from elsewhere', bench.context());

        assert.deepEqual(outcomes, [{ type: 'requested' }]);
        assert.equal((await bench.end({ ref })).status.state, 'cancelled');
      },
    },
    {
      id: 'cancel-none',
      title: 'says that it cannot cancel, and the job runs on to its own end',
      rule: 'DESIGN §5: cancel: none',
      given: ['commands'],
      without: 'cancel',
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));

        const [outcome] = await cancel(bench, ref);

        assert.equal(outcome?.type, 'unknown');
        const { status } = await bench.until(ref, (seen) => isFinal(seen.status), 'the end of the job');
        assert.equal(status.state, 'succeeded');
      },
    },
    {
      id: 'cancel-nothing',
      title: 'answers an empty list to an empty list',
      rule: 'R8: bounded by what is asked',
      async run(bench) {
        assert.deepEqual(await cancel(bench), []);
      },
    },
  ],
};
