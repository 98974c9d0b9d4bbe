import assert from 'node:assert/strict';
import type { Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import { exits } from '../bench/tasks.ts';
import type { Task } from '../does.ts';
import { assertPlainJson } from './assert-plain-json.ts';
import { aCanary, assertWithout } from './canary.ts';

const SOURCES = ['options', 'job', 'adapter', 'backend'];
const SUPPORTS = ['native', 'owner', 'refused'];

function planOf(bench: Bench, task: Task) {
  return bench.adapter.plan(bench.job(task) as never, bench.context());
}

export const plans: Chapter = {
  name: 'plan',
  behaviours: [
    {
      id: 'plan-names-sources',
      title: 'names every value of the job, each with where it comes from',
      rule: 'R9, DESIGN §4: each default visible with its source',
      given: ['commands'],
      async run(bench) {
        const { values } = await planOf(
          bench,
          exits(bench, 0, { environment: { COLOR: 'red' }, timeLimitSeconds: 3_600, tags: { project: 'conformance' } }),
        );

        for (const { field, from } of values) assert.ok(SOURCES.includes(from), `${field} comes from ${from}`);
        for (const given of ['name', 'command', 'environment', 'timeLimitSeconds', 'tags']) {
          const named = values.filter(({ field }) => field === given || field.startsWith(`${given}.`));
          assert.ok(named.length > 0, `the plan names \`${given}\`, which the job gives`);
          assert.ok(
            named.some(({ from }) => from === 'job'),
            `\`${given}\` is told to come from the job`,
          );
        }
      },
    },
    {
      id: 'plan-same-target',
      title: 'plans for the target it names, at least one part, in plain JSON',
      rule: 'seam: plan',
      async run(bench) {
        const plan = await planOf(bench, exits(bench, 0));

        assert.deepEqual(plan.target, await bench.adapter.target(bench.context()));
        assert.ok(plan.parts >= 1);
        assertPlainJson(plan, 'the plan');
      },
    },
    {
      id: 'plan-feature-words',
      title: 'says of each feature whether the backend, the owner or nobody does it, and why when nobody',
      rule: 'DESIGN §4: refused by name, never dropped',
      async run(bench) {
        const { features } = await planOf(bench, exits(bench, 0, { timeLimitSeconds: 3_600 }));

        for (const { feature, support, note } of features) {
          assert.ok(SUPPORTS.includes(support), `${feature} is ${support}`);
          if (support === 'refused') assert.ok(note, `why ${feature} is refused`);
        }
      },
    },
    {
      id: 'plan-repeatable',
      title: 'gives the same plan for the same job',
      rule: 'seam: plan changes nothing',
      async run(bench) {
        const first = await planOf(bench, exits(bench, 0));

        assert.deepEqual(await planOf(bench, exits(bench, 0)), first);
      },
    },
    {
      id: 'plan-creates-nothing',
      title: 'creates nothing at the backend by planning',
      rule: 'seam: plan changes nothing',
      needs: ['created'],
      async run(bench) {
        await planOf(bench, exits(bench, 0));

        assert.equal(await bench.hook('created')(), 0);
      },
    },
    {
      id: 'plan-leaves-job-as-is',
      title: 'does not change the job it plans',
      rule: 'seam: a resolved job is frozen',
      async run(bench) {
        const job = bench.job(exits(bench, 0, { environment: { COLOR: 'red' } }));
        const before = structuredClone(job);

        await bench.adapter.plan(job as never, bench.context());

        assert.deepEqual(job, before);
      },
    },
    {
      id: 'plan-no-secret',
      title: 'shows the reference of a secret and never its value',
      rule: 'R9: secrets are references',
      given: ['commands'],
      async run(bench) {
        const canary = aCanary();
        bench.later(async () => canary.remove());

        const plan = await planOf(bench, exits(bench, 0, { secrets: { TOKEN: `env:${canary.name}` } }));

        assertWithout(canary.value, plan, 'the plan');
        assertWithout(canary.value, bench.contexts.logged, 'the log');
      },
    },
    {
      id: 'plan-image',
      title: 'plans a job with a container image',
      rule: 'DESIGN §4: containers',
      given: ['containers'],
      async run(bench) {
        const { features } = await planOf(bench, exits(bench, 0, { image: 'docker.io/library/alpine:3.20' }));

        assert.ok(!features.some(({ support }) => support === 'refused'), 'nothing of it is refused');
      },
    },
    {
      id: 'image-refused',
      title: 'refuses a container image by name where there are no containers',
      rule: 'DESIGN §4: refused by name, never dropped',
      without: 'containers',
      async run(bench) {
        const part = bench.part(exits(bench, 0, { image: 'docker.io/library/alpine:3.20' }));

        const [outcome] = await bench.adapter.prepare([part] as never, bench.context());

        assert.equal(outcome?.type, 'refused', 'a job with an image is not prepared');
        if (outcome?.type !== 'refused') return;
        assert.match(outcome.error.message, /image/);
        assert.equal(outcome.error.code, 'UNSUPPORTED');
        assert.equal(outcome.error.retryable, false);
      },
    },
  ],
};
