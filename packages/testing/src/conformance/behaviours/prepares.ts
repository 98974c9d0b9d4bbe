import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Chapter } from '../behaviour.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import { exits, prints } from '../bench/tasks.ts';
import { assertPlainJson } from './assert-plain-json.ts';
import { refusedAnywhere } from './refused-anywhere.ts';

export const prepares: Chapter = {
  name: 'prepare',
  behaviours: [
    {
      id: 'prepare-creates-nothing',
      title: 'creates nothing that runs',
      rule: 'R1: the commit is submit',
      needs: ['created'],
      async run(bench) {
        await bench.prepare([bench.part(exits(bench, 0)), bench.part(exits(bench, 1))]);
        await bench.time.pass(300);

        assert.equal(await bench.hook('created')(), 0);
      },
    },
    {
      id: 'prepare-repeatable',
      title: 'may be repeated: what was prepared twice runs once, as it is',
      rule: 'seam: everything repeatable before the commit',
      async run(bench) {
        const part = bench.part(prints(bench, 'prepared twice\n'));
        await bench.prepare([part]);
        await bench.prepare([part]);

        const [started] = await bench.startParts([part]);
        assert.ok(started);

        assert.equal((await bench.end(started)).status.state, 'succeeded');
        if (bench.capabilities.logs !== 'none') {
          assert.deepEqual(texts((await readAllLogs(bench, started.ref)).lines), ['prepared twice']);
        }
      },
    },
    {
      id: 'prepare-in-order',
      title: 'answers one outcome per part, in order, and memos that are plain JSON',
      rule: 'seam: plural methods answer in order',
      async run(bench) {
        const parts = [exits(bench, 0), exits(bench, 1), exits(bench, 2)].map((task) => bench.part(task));

        const outcomes = await bench.adapter.prepare(parts as never, bench.context());

        assert.deepEqual(
          outcomes.map(({ type }) => type),
          ['prepared', 'prepared', 'prepared'],
        );
        for (const outcome of outcomes)
          if (outcome.type === 'prepared') assertPlainJson(outcome.memo ?? null, 'a memo');
      },
    },
    {
      id: 'prepare-one-refused',
      title: 'refuses the one part that cannot be, and prepares those before and behind it',
      rule: 'peers §7: partial failure of a batch',
      without: 'containers',
      async run(bench) {
        const image = { image: 'docker.io/library/alpine:3.20' };
        const parts = [exits(bench, 0), exits(bench, 0, image), exits(bench, 0)].map((task) => bench.part(task));

        const outcomes = await bench.adapter.prepare(parts as never, bench.context());

        assert.deepEqual(
          outcomes.map(({ type }) => type),
          ['prepared', 'refused', 'prepared'],
        );
      },
    },
    {
      id: 'input-missing-told',
      title: 'refuses a job whose input is not there, or fails it with that reason; it never runs without',
      rule: 'R6: bytes or error',
      given: ['commands'],
      needs: ['programs'],
      async run(bench) {
        const missing = join(await bench.folder(), 'is-not-there.txt');
        const part = bench.part(exits(bench, 0, { inputs: { 'data.txt': missing } }));

        const refusal = await refusedAnywhere(bench, part);
        if (refusal) {
          assert.match(refusal.message, /data\.txt/);
          return;
        }
        const [started] = await bench.startParts([part]);
        assert.ok(started);
        const { status } = await bench.end(started);
        assert.equal(status.state, 'failed');
        assert.equal(status.reason, 'input-missing');
      },
    },
    {
      id: 'prepare-nothing',
      title: 'answers an empty list to an empty list',
      rule: 'R8: bounded by what is asked',
      async run({ adapter, contexts }) {
        assert.deepEqual(await adapter.prepare([], contexts.make()), []);
      },
    },
  ],
};
