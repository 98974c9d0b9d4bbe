import assert from 'node:assert/strict';
import { isFinal, JOB_STATES } from '@scijob/core/adapter';
import type { Chapter } from '../behaviour.ts';
import { STATE_ORDER } from '../bench/state-order.ts';
import { exits, lasts, sleeps } from '../bench/tasks.ts';
import { assertPlainJson } from './assert-plain-json.ts';
import { neverSubmitted } from './never-submitted.ts';

/** A sweep of so many jobs may take so many calls: bounded by pages, not by jobs. */
const MANY_JOBS = 50;
const FEW_CALLS = 10;

export const observes: Chapter = {
  name: 'observe',
  behaviours: [
    {
      id: 'observe-seen-is-covered',
      title: 'covers every job that it saw, and hands back the refs it was given',
      rule: 'R2: only a covered, missing ref was not seen',
      async run(bench) {
        const started = await bench.startParts([bench.part(exits(bench, 0)), bench.part(exits(bench, 1))]);
        await bench.endAll(started);
        const refs = started.map(({ ref }) => ref);

        const { covered, seen } = await bench.adapter.observe(
          refs.map((ref) => ({ ref })),
          bench.context(),
        );

        assert.deepEqual(covered.map(({ key }) => key).sort(), refs.map(({ key }) => key).sort());
        for (const observation of seen) assert.ok(refs.some((ref) => isSame(ref, observation.ref)));
        assert.equal(seen.length, 2);
      },
    },
    {
      id: 'observe-unknown-never-final',
      title: 'never says that a job has ended which it does not know',
      rule: 'R2, I3: absence is not an outcome (PSI/J, AiiDA, Parsl)',
      async run(bench) {
        const ref = await neverSubmitted(bench);

        const { seen } = await bench.adapter.observe([{ ref }], bench.context());

        assert.deepEqual(
          seen.map(({ status }) => status.state),
          [],
        );
      },
    },
    {
      id: 'observe-unknown-hides-none',
      title: 'sees the others when one id of a sweep is unknown',
      rule: 'peers §7: a single stale id made squeue fail (aiida#4326, PSI/J#486)',
      async run(bench) {
        const [first, second] = await bench.startParts([bench.part(exits(bench, 0)), bench.part(exits(bench, 2))]);
        assert.ok(first && second);
        await bench.endAll([first, second]);
        const unknown = await neverSubmitted(bench);

        const { seen } = await bench.adapter.observe(
          [{ ref: first.ref }, { ref: unknown }, { ref: second.ref }],
          bench.context(),
        );

        const byKey = new Map(seen.map(({ ref, status }) => [ref.key, status.state]));
        assert.deepEqual(
          byKey,
          new Map([
            [first.ref.key, 'succeeded'],
            [second.ref.key, 'failed'],
          ]),
        );
      },
    },
    {
      id: 'observe-unknown-creates-nothing',
      title: 'creates nothing by looking',
      rule: 'seam: observe reads',
      needs: ['created'],
      async run(bench) {
        await bench.adapter.observe([{ ref: await neverSubmitted(bench) }], bench.context());

        assert.equal(await bench.hook('created')(), 0);
      },
    },
    {
      id: 'observe-foreign-key',
      title: 'does not believe a native id that belongs to another key',
      rule: 'R2: evidence about this key (submitit#1660: ids are used again)',
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));

        const { seen } = await bench.adapter.observe([{ ref: { ...ref, key: `${ref.key}-other` } }], bench.context());

        assert.deepEqual(
          seen.map(({ status }) => status.state),
          [],
        );
      },
    },
    {
      id: 'observe-many-few-calls',
      title: `looks at ${MANY_JOBS} jobs in one sweep and few calls`,
      rule: 'R8: calls are not bounded by N (peers §8)',
      async run(bench) {
        const started = await bench.startParts(Array.from({ length: MANY_JOBS }, () => bench.part(exits(bench, 0))));
        const before = bench.contexts.callCount;

        const { covered } = await bench.adapter.observe(
          started.map(({ ref }) => ({ ref })),
          bench.context(),
        );

        assert.equal(covered.length, MANY_JOBS);
        const calls = bench.contexts.callCount - before;
        assert.ok(calls <= FEW_CALLS, `${calls} calls for one sweep`);
        await bench.endAll(started);
      },
    },
    {
      id: 'observe-order',
      title: 'shows the states of an attempt in their order, none of them backwards',
      rule: 'R4, I5: order holds within an attempt',
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));
        let highest = 0;
        const shown: string[] = [];

        await bench.until(
          ref,
          ({ status }) => {
            assert.ok((JOB_STATES as readonly string[]).includes(status.state), status.state);
            shown.push(status.state);
            const rank = STATE_ORDER[status.state];
            assert.ok(rank >= highest, `went back: ${shown.join(', ')}`);
            highest = rank;
            return isFinal(status);
          },
          'the end of the job',
        );
      },
    },
    {
      id: 'observe-running-seen',
      title: 'says that a job runs while it does',
      rule: 'R2: state is computed from evidence',
      async run(bench) {
        const canEnd = bench.capabilities.cancel !== 'none';
        const { ref } = await bench.start(canEnd ? sleeps(bench) : lasts(bench, 5));

        await bench.until(ref, ({ status }) => status.state === 'running', 'the job to run');
        if (canEnd) await bench.adapter.cancel([{ ref }], 'the suite has seen enough', bench.context());
        await bench.end({ ref });
      },
    },
    {
      id: 'observe-attempt-format',
      title: 'numbers attempts as submission.restart',
      rule: 'R4: an attempt is submission.restart',
      async run(bench) {
        const { ref, last } = await bench.run(exits(bench, 0));

        assert.equal(last.status.attempt, '1.0');
        assert.equal((await bench.look(ref))?.status.attempt, '1.0');
      },
    },
    {
      id: 'observe-final-stable',
      title: 'says the same at every look after the end',
      rule: 'R4, I5: final is final',
      async run(bench) {
        const { ref, last } = await bench.run(exits(bench, 3));

        for (let time = 0; time < 4; time += 1) {
          await bench.time.pass(60);
          const found = await bench.look(ref, time % 2 === 0 ? last.memo : undefined);
          assert.deepEqual(found?.status, last.status);
        }
      },
    },
    {
      id: 'observe-final-evidence',
      title: 'says with what evidence it concluded the end, in plain JSON',
      rule: 'R2, I3: terminal on positive evidence, stored with the state',
      async run(bench) {
        for (const code of [0, 3]) {
          const { last } = await bench.run(exits(bench, code));

          assertPlainJson(last.evidence, 'the evidence');
          assert.ok(
            typeof last.evidence === 'object' && last.evidence !== null && Object.keys(last.evidence).length > 0,
            'the evidence of an end says something',
          );
        }
      },
    },
    {
      id: 'observe-memo',
      title: 'keeps what it wants to remember in a memo that survives JSON, and needs none',
      rule: 'DESIGN §2: what a second process needs travels in memo',
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));
        const first = await bench.until(ref, () => true, 'the job to be seen');
        assertPlainJson(first.memo ?? null, 'the memo');
        const memo = first.memo === undefined ? undefined : JSON.parse(JSON.stringify(first.memo));
        await bench.end({ ref });

        const [withMemo, without] = [await bench.look(ref, memo), await bench.look(ref)];

        assert.deepEqual(withMemo?.status, without?.status);
      },
    },
    {
      id: 'observe-same-twice',
      title: 'sees a job that is asked for twice in one sweep',
      rule: 'peers §7: rows that come twice',
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));

        const { seen } = await bench.adapter.observe([{ ref }, { ref }], bench.context());

        assert.ok(seen.length >= 1);
        for (const { status } of seen) assert.equal(status.state, 'succeeded');
      },
    },
    {
      id: 'observe-elsewhere',
      title: 'shows a second process the same end',
      rule: 'DESIGN §6: any client with the ref may compute it',
      needs: ['second'],
      async run(bench) {
        const { ref, last } = await bench.run(exits(bench, 3));

        const found = await bench.look(ref, undefined, bench.second());

        assert.deepEqual(found?.status, last.status);
      },
    },
    {
      id: 'observe-outage',
      title: 'changes no job while the backend cannot be reached, and sees it again afterwards',
      rule: 'R3, I4: a failed poll changes no job (PSI/J)',
      needs: ['outage'],
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));
        await bench.hook('outage')(true);

        const during = await bench.adapter.observe([{ ref }], bench.context()).catch(() => ({ covered: [], seen: [] }));
        await bench.hook('outage')(false);

        assert.deepEqual(during.covered, [], 'nothing was covered');
        assert.deepEqual(during.seen, []);
        assert.equal((await bench.end({ ref })).status.state, 'succeeded');
      },
    },
    {
      id: 'observe-forgotten',
      title: 'does not see, and does not end, a job the backend has forgotten',
      rule: 'R2, I3: absence is not an outcome (nextflow#7301)',
      needs: ['forget'],
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));
        await bench.until(ref, () => true, 'the job to be seen');
        await bench.hook('forget')(ref);

        const { seen } = await bench.adapter.observe([{ ref }], bench.context());

        assert.deepEqual(
          seen.map(({ status }) => status.state),
          [],
        );
      },
    },
    {
      id: 'observe-usage',
      title: 'tells the usage of an ended job with what was asked for and how well it is known',
      rule: 'DESIGN §4: usage',
      async run(bench) {
        const { last } = await bench.run(exits(bench, 0));

        if (last.usage === undefined) return;
        assert.ok(['measured', 'partial', 'requested-only'].includes(last.usage.quality));
        for (const [name, amount] of Object.entries(last.usage)) {
          if (typeof amount === 'number') assert.ok(amount >= 0 && Number.isFinite(amount), `${name} is ${amount}`);
        }
      },
    },
    {
      id: 'observe-nothing',
      title: 'answers an empty sweep to an empty list',
      rule: 'R8: bounded by what is asked',
      async run({ adapter, contexts }) {
        assert.deepEqual(await adapter.observe([], contexts.make()), { covered: [], seen: [] });
      },
    },
  ],
};

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
