import assert from 'node:assert/strict';
import type { JobRef } from '@scijob/core/adapter';
import type { Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import { encodedRef } from '../bench/encoded-ref.ts';
import { exits, lasts } from '../bench/tasks.ts';
import { assertPlainJson } from './assert-plain-json.ts';
import { neverSubmitted } from './never-submitted.ts';

/** Explaining is optional: core says what it can where the adapter does not. What is said is held to the same. */
async function explain(bench: Bench, ref: JobRef) {
  if (bench.adapter.explain) return bench.adapter.explain(ref, bench.context());
  const client = await bench.client();
  return bench.time.drive(client.attach(encodedRef(ref)).then((handle) => handle.explain()));
}

export const explains: Chapter = {
  name: 'explain',
  behaviours: [
    {
      id: 'explain-failed',
      title: 'says in words why a job failed, and where it knows that from',
      rule: 'DESIGN §5: explain',
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 3));

        const told = await explain(bench, ref);

        assertPlainJson(told, 'the explanation');
        assert.ok(told.summary.length > 0);
        assert.doesNotMatch(told.summary, /succeeded/i);
        if (bench.adapter.explain) assert.ok(told.causes.length > 0, 'a failure has a cause');
        for (const { text, source } of told.causes) assert.ok(text.length > 0 && source.length > 0);
      },
    },
    {
      id: 'explain-live',
      title: 'says where a job is that has not ended',
      rule: 'DESIGN §5: explain',
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));

        const told = await explain(bench, ref);

        assert.ok(told.summary.length > 0);
        await bench.end({ ref });
      },
    },
    {
      id: 'explain-unknown',
      title: 'does not make up a story about a job that the backend never had',
      rule: 'R2: absence is not an outcome',
      async run(bench) {
        const ref = await neverSubmitted(bench);

        const told = await (bench.adapter.explain?.(ref, bench.context()) ?? Promise.reject(new Error('none'))).catch(
          () => undefined,
        );

        assert.doesNotMatch(told?.summary ?? '', /succeeded|failed|was cancelled/);
      },
    },
  ],
};
