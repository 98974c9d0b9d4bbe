import assert from 'node:assert/strict';
import type { Chapter } from '../behaviour.ts';
import { exits } from '../bench/tasks.ts';
import { assertPlainJson } from './assert-plain-json.ts';

export const finds: Chapter = {
  name: 'find',
  behaviours: [
    {
      id: 'find-submitted',
      title: 'finds what was submitted, under the id that submit gave',
      rule: 'R1: what exists is adopted',
      given: ['look-up window'],
      async run(bench) {
        const { part, nativeId } = await bench.start(exits(bench, 0));
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        const [found] = await bench.adapter.find([part.key], bench.context());

        assert.deepEqual(found, { type: 'found', nativeId });
      },
    },
    {
      id: 'find-ended',
      title: 'finds a job that has ended',
      rule: 'R1: what exists is adopted',
      given: ['look-up window'],
      async run(bench) {
        const { part, nativeId } = await bench.run(exits(bench, 3));
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        assert.deepEqual(await bench.adapter.find([part.key], bench.context()), [{ type: 'found', nativeId }]);
      },
    },
    {
      id: 'find-never-made-up',
      title: 'never finds what was not submitted',
      rule: 'R2: absence is not an outcome',
      async run(bench) {
        const part = bench.part(exits(bench, 0));

        const [outcome] = await bench.adapter.find([part.key], bench.context());

        assert.ok(outcome?.type === 'absent' || outcome?.type === 'unknown', `got ${outcome?.type}`);
        if (outcome.type === 'absent') {
          assertPlainJson(outcome.evidence, 'the evidence of an absence');
          assert.ok(outcome.evidence !== null, 'an absence has evidence');
        }
      },
    },
    {
      id: 'find-guard-absent',
      title: 'says that a part is absent where the guard makes sure of it',
      rule: 'R1: fenced by claiming it for nobody',
      given: ['guard'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        await bench.prepare([part]);
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        const [outcome] = await bench.adapter.find([part.key], bench.context());

        assert.equal(outcome?.type, 'absent');
      },
    },
    {
      id: 'find-fences',
      title: 'lets no late submit run what was said to be absent',
      rule: 'R1: a late submit of a fenced part refuses itself',
      given: ['guard'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        await bench.prepare([part]);
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);
        const [fenced] = await bench.adapter.find([part.key], bench.context());
        assert.equal(fenced?.type, 'absent');

        const [late] = await bench.adapter.submit([part] as never, bench.context());

        if (late?.type === 'refused') return;
        assert.equal(late?.type, 'accepted');
        if (late?.type !== 'accepted') return;
        const { status } = await bench.end({ ref: await bench.ref(part, late.nativeId) });
        assert.notEqual(status.state, 'succeeded', 'it did not run');
      },
    },
    {
      id: 'find-absent-stays',
      title: 'says again that a part is absent',
      rule: 'R1: fenced for good',
      given: ['guard'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);
        const [first] = await bench.adapter.find([part.key], bench.context());
        const [again] = await bench.adapter.find([part.key], bench.context());

        assert.equal(first?.type, 'absent');
        assert.equal(again?.type, 'absent');
      },
    },
    {
      id: 'find-in-order',
      title: 'answers one outcome per key, in order',
      rule: 'seam: plural methods answer in order',
      given: ['look-up window'],
      async run(bench) {
        const [first, second] = await bench.startParts([bench.part(exits(bench, 0)), bench.part(exits(bench, 1))]);
        const never = bench.part(exits(bench, 0));
        assert.ok(first && second);
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        const outcomes = await bench.adapter.find([second.part.key, never.key, first.part.key], bench.context());

        assert.equal(outcomes.length, 3);
        assert.deepEqual(outcomes[0], { type: 'found', nativeId: second.nativeId });
        assert.notEqual(outcomes[1]?.type, 'found');
        assert.deepEqual(outcomes[2], { type: 'found', nativeId: first.nativeId });
      },
    },
    {
      id: 'find-each-submission',
      title: 'tells the submissions of one key from each other',
      rule: 'R1: a number is sent once',
      given: ['look-up window'],
      async run(bench) {
        const first = bench.part(exits(bench, 1));
        const second = bench.part(exits(bench, 0), { key: first.key.key, submission: 2 });
        const started = await bench.startParts([first, second]);
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        const outcomes = await bench.adapter.find([first.key, second.key], bench.context());

        assert.deepEqual(
          outcomes,
          started.map(({ nativeId }) => ({ type: 'found', nativeId })),
        );
      },
    },
    {
      id: 'find-elsewhere',
      title: 'finds from another process what this one submitted',
      rule: 'R1: nothing that a second process needs is kept in memory',
      given: ['look-up window'],
      needs: ['second'],
      async run(bench) {
        const { part, nativeId } = await bench.start(exits(bench, 0));
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);

        assert.deepEqual(await bench.second().find([part.key], bench.context()), [{ type: 'found', nativeId }]);
      },
    },
    {
      id: 'find-out-of-window',
      title: 'does not say "absent" where a job can never be looked up',
      rule: 'R2: absence is not an outcome',
      without: 'look-up window',
      async run(bench) {
        const { part } = await bench.start(exits(bench, 0));

        const [outcome] = await bench.adapter.find([part.key], bench.context());

        assert.notEqual(outcome?.type, 'absent', 'it exists, and cannot be known to be absent');
      },
    },
    {
      id: 'find-nothing',
      title: 'answers an empty list to an empty list',
      rule: 'R8: bounded by what is asked',
      async run({ adapter, contexts }) {
        assert.deepEqual(await adapter.find([], contexts.make()), []);
      },
    },
  ],
};
