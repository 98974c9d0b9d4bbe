import type { BrokenAdapter } from './broken-adapter.ts';
import { changingParts } from './changing-parts.ts';

const NO_CONTAINERS = { containers: false } as const;
const NO_DEPENDENCIES = { dependencies: {} } as const;

/** What may go wrong on the way in. */
export const brokenSubmitting: readonly BrokenAdapter[] = [
  {
    name: 'names another target each time',
    breakIt: (adapter) => ({
      target: async (context) => ({ ...(await adapter.target(context)), id: `${Math.random()}` }),
    }),
    caughtBy: ['target-stable', 'target-stable-after-work', 'target-same-elsewhere'],
  },
  {
    name: 'has the environment in its target',
    breakIt: (adapter) => ({
      target: async (context) => ({
        ...(await adapter.target(context)),
        describe: { environment: JSON.stringify(process.env) },
      }),
    }),
    caughtBy: ['target-plain-no-secret'],
  },
  {
    name: 'submits while it plans',
    breakIt: (adapter) => ({
      plan: async (job, context) => {
        const part = { key: { key: 'k', submission: 1, part: 0, token: 'a'.repeat(32) }, job, after: [] };
        await adapter.prepare([part], context);
        await adapter.submit([part], context);
        return adapter.plan(job, context);
      },
    }),
    caughtBy: ['plan-creates-nothing'],
  },
  {
    name: 'plans without saying what of',
    breakIt: (adapter) => ({
      plan: async (job, context) => ({
        ...(await adapter.plan(job, context)),
        values: [{ field: 'name', value: job.name, from: 'job' }],
      }),
    }),
    caughtBy: ['plan-names-sources'],
  },
  {
    name: 'shows secrets in its plan',
    breakIt: (adapter) => ({
      plan: async (job, context) => ({
        ...(await adapter.plan(job, context)),
        requests: Object.values(job.secrets).map((reference) => process.env[reference.slice('env:'.length)] ?? ''),
      }),
    }),
    caughtBy: ['plan-no-secret', 'client-ref-no-secret'],
  },
  {
    name: 'logs secrets',
    breakIt: (adapter) => ({
      plan: async (job, context) => {
        context.logger.debug({ environment: process.env }, 'planning');
        return adapter.plan(job, context);
      },
    }),
    caughtBy: ['plan-no-secret'],
  },
  {
    name: 'submits while it prepares',
    breakIt: (adapter) => ({
      prepare: async (parts, context) => {
        const outcomes = await adapter.prepare(parts, context);
        await adapter.submit(parts, context);
        return outcomes;
      },
    }),
    caughtBy: ['prepare-creates-nothing'],
  },
  {
    name: 'drops a container image it cannot honour',
    capabilities: NO_CONTAINERS,
    breakIt: (adapter) =>
      changingParts(adapter, (part) => {
        const { image: _image, ...job } = part.job;
        return { ...part, job };
      }),
    caughtBy: ['image-refused', 'prepare-one-refused'],
  },
  {
    name: 'drops a dependency it cannot honour',
    capabilities: NO_DEPENDENCIES,
    breakIt: (adapter) => changingParts(adapter, (part) => ({ ...part, after: [] })),
    caughtBy: ['afterok-refused', 'afterany-refused', 'afternotok-refused', 'aftercorr-refused'],
  },
  {
    name: 'does not wait for what it says it waits for',
    breakIt: (adapter) => changingParts(adapter, (part) => ({ ...part, after: [] })),
    caughtBy: ['afterok-succeeded', 'afterok-failed', 'afternotok-succeeded', 'aftercorr-each'],
  },
  {
    name: 'fails a whole batch for one part',
    capabilities: NO_CONTAINERS,
    breakIt: (adapter) => ({
      prepare: async (parts, context) => {
        const outcomes = await adapter.prepare(parts, context);
        const refused = outcomes.find(({ type }) => type === 'refused');
        return refused ? parts.map(() => refused) : outcomes;
      },
    }),
    caughtBy: ['prepare-one-refused'],
  },
  {
    name: 'answers submits in the wrong order',
    breakIt: (adapter) => ({
      submit: async (parts, context) => [...(await adapter.submit(parts, context))].reverse(),
    }),
    caughtBy: ['submit-in-order'],
  },
  {
    name: 'sends each part twice',
    breakIt: (adapter) => ({
      submit: async (parts, context) => {
        await adapter.submit(parts, context);
        return adapter.submit(parts, context);
      },
    }),
    caughtBy: ['submit-each-once', 'client-same-key'],
  },
  {
    name: 'sends a job without the guard that it promises',
    breakIt: (adapter) => ({
      submit: async (parts, context) => {
        const unguarded = parts.map((part) => ({ ...part, key: { ...part.key, token: randomToken() } }));
        await adapter.prepare(unguarded, context);
        return adapter.submit(unguarded, context);
      },
    }),
    caughtBy: ['submit-guard-again', 'find-fences'],
  },
  {
    name: 'waits for the job in submit',
    breakIt: (adapter) => ({
      submit: async (parts, context) => {
        const outcomes = await adapter.submit(parts, context);
        await context.pause(10_000);
        return outcomes;
      },
    }),
    caughtBy: ['submit-does-not-wait'],
  },
  {
    name: 'takes a lost reply for a refusal, and does not look',
    breakIt: (adapter) => ({
      find: async (keys) => keys.map(() => ({ type: 'absent', evidence: { told: 'the reply was an error' } })),
      submit: (parts, context) => adapter.submit(parts, context),
    }),
    caughtBy: ['submit-reply-lost', 'find-submitted', 'find-ended'],
  },
  {
    name: 'finds whatever it is asked for',
    breakIt: () => ({ find: async (keys) => keys.map(({ token }) => ({ type: 'found', nativeId: token })) }),
    caughtBy: ['find-never-made-up', 'find-guard-absent', 'find-in-order'],
  },
  {
    name: 'says "absent" without making sure of it',
    breakIt: (adapter) => {
      const sent = new Set<string>();
      return {
        submit: (parts, context) => {
          for (const { key } of parts) sent.add(key.token);
          return adapter.submit(parts, context);
        },
        find: async (keys, context) => {
          const known = await adapter.find(
            keys.filter(({ token }) => sent.has(token)),
            context,
          );
          let next = 0;
          return keys.map(({ token }) => (sent.has(token) ? known[next++] : undefined) ?? ABSENT);
        },
      };
    },
    caughtBy: ['find-fences'],
  },
  {
    name: 'gives ids with line ends in them',
    breakIt: (adapter) => ({
      submit: async (parts, context) =>
        (await adapter.submit(parts, context)).map((outcome) =>
          outcome.type === 'accepted' ? { ...outcome, nativeId: `${outcome.nativeId}\nSubmitted` } : outcome,
        ),
    }),
    caughtBy: ['submit-native-id'],
  },
];

const ABSENT = { type: 'absent', evidence: { looked: 'nowhere' } } as const;

function randomToken(): string {
  return Array.from({ length: 32 }, () => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(Math.random() * 26)]).join('');
}
