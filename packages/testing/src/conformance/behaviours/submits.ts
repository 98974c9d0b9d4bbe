import assert from 'node:assert/strict';
import { isFinal, type Part } from '@scijob/core/adapter';
import type { Chapter } from '../behaviour.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import { exits, lasts, prints } from '../bench/tasks.ts';

export const submits: Chapter = {
  name: 'submit',
  behaviours: [
    {
      id: 'submit-in-order',
      title: 'answers one outcome per part, in the order of the parts',
      rule: 'seam: plural methods answer in order',
      async run(bench) {
        const codes = [3, 0, 5, 4];

        const started = await bench.startParts(codes.map((code) => bench.part(exits(bench, code))));
        const ends = await bench.endAll(started);

        assert.deepEqual(
          ends.map(({ status }) => ('exitCode' in status ? (status.exitCode ?? 0) : undefined)),
          codes,
        );
      },
    },
    {
      id: 'submit-each-once',
      title: 'creates each part once, under an id of its own',
      rule: 'R1, I1: one key, at most one job',
      needs: ['created'],
      async run(bench) {
        const parts = Array.from({ length: 5 }, () => bench.part(exits(bench, 0)));

        const started = await bench.startParts(parts);
        await bench.endAll(started);

        assert.equal(new Set(started.map(({ nativeId }) => nativeId)).size, 5);
        assert.equal(await bench.hook('created')(), 5);
      },
    },
    {
      id: 'submit-native-id',
      title: 'gives ids that are short plain text',
      rule: 'R9: ids reach terminals and other programs',
      async run(bench) {
        const { nativeId } = await bench.start(exits(bench, 0));

        assert.match(nativeId, /^[\x21-\x7e]{1,500}$/);
      },
    },
    {
      id: 'submit-token-again',
      title: 'gives the same job to a second submit of the same token',
      rule: 'R1: a number is sent once, unless the backend de-duplicates',
      given: ['token'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        const [first] = await bench.startParts([part]);
        const [again] = await bench.startParts([part]);

        assert.equal(again?.nativeId, first?.nativeId);
      },
    },
    {
      id: 'submit-guard-again',
      title: 'runs a part once, even when it is submitted twice',
      rule: 'R1: a second native job under the same key refuses itself',
      given: ['guard', 'logs'],
      async run(bench) {
        const part = bench.part(prints(bench, 'ran\n'));
        await bench.prepare([part]);
        const ids = new Set<string>();
        for (let time = 0; time < 2; time += 1) {
          const [outcome] = await bench.adapter.submit([part] as never, bench.context());
          if (outcome?.type === 'accepted') ids.add(outcome.nativeId);
        }

        const refs = await Promise.all([...ids].map((nativeId) => bench.ref(part, nativeId)));
        const lines = [];
        for (const ref of refs) {
          await bench.end({ ref });
          lines.push(...texts((await readAllLogs(bench, ref)).lines));
        }
        assert.deepEqual(
          lines.filter((line) => line === 'ran'),
          ['ran'],
        );
      },
    },
    {
      id: 'submit-partial',
      title: 'accepts the parts that were prepared, whatever becomes of another in the same call',
      rule: 'peers §7: partial failure of a batch',
      async run(bench) {
        const good = [bench.part(exits(bench, 0)), bench.part(exits(bench, 0))];
        await bench.prepare(good);
        const unprepared = bench.part(exits(bench, 0, { image: 'docker.io/library/alpine:3.20' }));
        const parts = [good[0], unprepared, good[1]] as readonly Part[];

        const outcomes = await bench.adapter.submit(parts as never, bench.context());

        assert.equal(outcomes.length, 3);
        assert.equal(outcomes[0]?.type, 'accepted');
        assert.equal(outcomes[2]?.type, 'accepted');
      },
    },
    {
      id: 'submit-does-not-wait',
      title: 'answers while the job still runs',
      rule: 'seam: no method waits for a job',
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 4));

        const first = await bench.until(ref, () => true, 'the job to be seen');

        assert.ok(!isFinal(first.status), `it is ${first.status.state} when submit answers`);
        await bench.end({ ref });
      },
    },
    {
      id: 'submit-reply-lost',
      title: 'says "unknown" when the reply of a submit was lost, and finds the job afterwards',
      rule: 'R1, I1: adopt, never send again (sisyphus#281)',
      given: ['look-up window'],
      needs: ['loseReply'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        await bench.prepare([part]);
        await bench.hook('loseReply')();

        const outcome = await bench.adapter.submit([part] as never, bench.context()).then(
          ([one]) => one?.type,
          () => 'unknown',
        );

        assert.ok(outcome === 'unknown' || outcome === 'accepted', `a lost reply is ${outcome}`);
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);
        const [found] = await bench.adapter.find([part.key], bench.context());
        assert.equal(found?.type, 'found');
      },
    },
    {
      id: 'submit-number-in-attempt',
      title: 'counts attempts by the number of the submission',
      rule: 'R4: an attempt is submission.restart',
      async run(bench) {
        const { last } = await bench.run(exits(bench, 0), { submission: 2 });

        assert.equal(last.status.attempt, '2.0');
      },
    },
    {
      id: 'submit-nothing',
      title: 'answers an empty list to an empty list',
      rule: 'R8: bounded by what is asked',
      async run({ adapter, contexts }) {
        assert.deepEqual(await adapter.submit([], contexts.make()), []);
      },
    },
  ],
};
