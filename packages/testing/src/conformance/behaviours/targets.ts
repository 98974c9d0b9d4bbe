import assert from 'node:assert/strict';
import type { Chapter } from '../behaviour.ts';
import { assertPlainJson } from './assert-plain-json.ts';
import { aCanary, assertWithout } from './canary.ts';

export const targets: Chapter = {
  name: 'who the adapter is',
  behaviours: [
    {
      id: 'capabilities-as-told',
      title: 'has the capabilities the suite was decided by, and they do not contradict each other',
      rule: 'seam: capabilities are data',
      async run({ adapter, capabilities }) {
        assert.equal(adapter.specificationVersion, 'v1');
        assert.match(adapter.id, /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        assert.deepEqual(adapter.capabilities, capabilities);
        assert.ok(Object.keys(capabilities.kinds).length > 0, 'it runs at least one kind of job');
        const { visibleAfterSeconds, forgottenAfterSeconds, cadence, arrays } = capabilities;
        assert.ok(visibleAfterSeconds >= 0);
        assert.ok(
          forgottenAfterSeconds === 0 || forgottenAfterSeconds > visibleAfterSeconds,
          'the look-up window does not end before it begins',
        );
        assert.ok(capabilities.timeLimitResolutionSeconds > 0);
        if (arrays) assert.ok(arrays.maxCount >= 1);
        if (cadence) assert.ok(cadence.fastestMs > 0 && cadence.fastestMs <= cadence.slowestMs);
      },
    },
    {
      id: 'target-stable',
      title: 'names the same target at every call',
      rule: 'seam: the target is compared on attach',
      async run(bench) {
        const first = await bench.adapter.target(bench.context());

        assert.deepEqual(await bench.adapter.target(bench.context()), first);
        assert.equal(typeof first.adapter, 'string');
        assert.ok(first.adapter.length > 0 && first.id.length > 0, 'adapter and id are not empty');
        for (const word of Object.values(first.describe)) assert.equal(typeof word, 'string');
      },
    },
    {
      id: 'target-stable-after-work',
      title: 'names the same target after it has run something',
      rule: 'seam: the target is compared on attach',
      async run(bench) {
        const before = await bench.adapter.target(bench.context());
        await bench.run({ command: bench.shell('exit 0'), does: {} });

        assert.deepEqual(await bench.adapter.target(bench.context()), before);
      },
    },
    {
      id: 'target-same-elsewhere',
      title: 'names the same target as another adapter on the same backend',
      rule: 'seam: the target is the same from every machine',
      needs: ['second'],
      async run(bench) {
        const elsewhere = await bench.second().target(bench.context());

        assert.deepEqual(await bench.adapter.target(bench.context()), elsewhere);
      },
    },
    {
      id: 'target-plain-no-secret',
      title: 'names a target that is plain JSON and holds nothing of the environment',
      rule: 'R9: secrets are references',
      async run(bench) {
        const canary = aCanary();
        bench.later(async () => canary.remove());

        const target = await bench.adapter.target(bench.context());

        assertPlainJson(target, 'the target');
        assertWithout(canary.value, target, 'the target');
      },
    },
  ],
};
