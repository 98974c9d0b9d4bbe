import { isFinal, type JobRef, type JobStatus, type Observation } from '@scijob/core/adapter';
import type { FakeAdapter } from '@scijob/testing';
import type { BrokenAdapter } from './broken-adapter.ts';
import { changingParts } from './changing-parts.ts';

/** Another status for what is seen. */
function seeing(adapter: FakeAdapter, change: (observation: Observation) => Observation): Pick<FakeAdapter, 'observe'> {
  return {
    observe: async (targets, context) => {
      const { covered, seen } = await adapter.observe(targets, context);
      return { covered, seen: seen.map(change) };
    },
  };
}

function withStatus(adapter: FakeAdapter, change: (status: JobStatus) => JobStatus): Pick<FakeAdapter, 'observe'> {
  return seeing(adapter, (observation) => ({ ...observation, status: change(observation.status) }));
}

const ends = (ref: JobRef, state: 'succeeded' | 'failed'): Observation => {
  const at = new Date(0);
  const base = { attempt: '1.0', at } as const;
  return {
    ref,
    status:
      state === 'succeeded'
        ? { ...base, state }
        : { ...base, state, reason: 'infrastructure', message: 'The status command failed.' },
    evidence: { queue: 'not in it' },
  };
};

/** Asks about a job by its native id alone. */
function byIdOnly(adapter: FakeAdapter) {
  const keys = new Map<string, string>();
  const idOf = ({ submissions }: JobRef) => submissions[0]?.parts[0]?.nativeId ?? '';
  const believed = (ref: JobRef): JobRef => ({ ...ref, key: keys.get(idOf(ref)) ?? ref.key });
  const submit: FakeAdapter['submit'] = async (parts, context) => {
    const outcomes = await adapter.submit(parts, context);
    outcomes.forEach((outcome, index) => {
      const key = parts[index]?.key.key;
      if (outcome.type === 'accepted' && key !== undefined) keys.set(outcome.nativeId, key);
    });
    return outcomes;
  };
  return { submit, believed };
}

/** What may go wrong while jobs are watched and cancelled. */
export const brokenWatching: readonly BrokenAdapter[] = [
  {
    name: 'takes absence for success',
    breakIt: (adapter) => ({
      observe: async (targets, context) => {
        const { covered, seen } = await adapter.observe(targets, context);
        const known = new Set(seen.map(({ ref }) => ref.key));
        const absent = targets.filter(({ ref }) => !known.has(ref.key));
        return { covered, seen: [...seen, ...absent.map(({ ref }) => ends(ref, 'succeeded'))] };
      },
    }),
    caughtBy: ['observe-unknown-never-final', 'observe-unknown-hides-none', 'observe-forgotten', 'observe-foreign-key'],
  },
  {
    name: 'takes a failed poll for failed jobs',
    breakIt: (adapter) => ({
      observe: (targets, context) =>
        adapter.observe(targets, context).catch(() => ({
          covered: targets.map(({ ref }) => ref),
          seen: targets.map(({ ref }) => ends(ref, 'failed')),
        })),
    }),
    caughtBy: ['observe-outage'],
  },
  {
    name: 'fails a sweep for one unknown id',
    breakIt: (adapter) => ({
      observe: async (targets, context) => {
        const sweep = await adapter.observe(targets, context);
        if (sweep.seen.length < targets.length) throw new Error('slurm_load_jobs error: Invalid job id specified');
        return sweep;
      },
    }),
    caughtBy: ['observe-unknown-hides-none', 'observe-unknown-never-final'],
  },
  {
    name: 'believes native ids, whoever’s they are',
    breakIt: (adapter) => {
      const { submit, believed } = byIdOnly(adapter);
      return {
        submit,
        observe: async (targets, context) => {
          const { seen } = await adapter.observe(
            targets.map((target) => ({ ...target, ref: believed(target.ref) })),
            context,
          );
          const byKey = new Map(seen.map((observation) => [observation.ref.key, observation]));
          return {
            covered: targets.map(({ ref }) => ref),
            seen: targets.flatMap(({ ref }) => {
              const found = byKey.get(believed(ref).key);
              return found ? [{ ...found, ref }] : [];
            }),
          };
        },
      };
    },
    caughtBy: ['observe-foreign-key'],
  },
  {
    name: 'cancels by native id, whoever’s it is',
    breakIt: (adapter) => {
      const { submit, believed } = byIdOnly(adapter);
      return {
        submit,
        cancel: (targets, reason, context) =>
          adapter.cancel(
            targets.map((target) => ({ ...target, ref: believed(target.ref) })),
            reason,
            context,
          ),
      };
    },
    caughtBy: ['cancel-identity'],
  },
  {
    name: 'swallows exit codes',
    breakIt: (adapter) =>
      withStatus(adapter, (status) => {
        if (!isFinal(status)) return status;
        const { exitCode: _exitCode, ...rest } = status;
        return rest as JobStatus;
      }),
    caughtBy: ['exit-1', 'exit-3', 'exit-127', 'submit-in-order'],
  },
  {
    name: 'takes every end for a success',
    breakIt: (adapter) =>
      withStatus(adapter, (status) =>
        isFinal(status) ? { state: 'succeeded', attempt: status.attempt, at: status.at } : status,
      ),
    caughtBy: ['exit-1', 'exit-137', 'killed-by-signal', 'output-missing', 'time-limit', 'client-fails'],
  },
  {
    name: 'gives the exit code 0 to what was killed',
    breakIt: (adapter) => withStatus(adapter, (status) => (isFinal(status) ? { exitCode: 0, ...status } : status)),
    caughtBy: ['killed-by-signal', 'crashed-by-signal'],
  },
  {
    name: 'does not stand by an end',
    breakIt: (adapter) => {
      let looks = 0;
      return withStatus(adapter, (status) => {
        if (!isFinal(status)) return status;
        looks += 1;
        return looks % 2 === 1
          ? status
          : { state: 'failed', attempt: status.attempt, at: status.at, reason: 'node-failure', message: 'Node lost.' };
      });
    },
    caughtBy: ['observe-final-stable', 'calls-at-once'],
  },
  {
    name: 'goes back to an earlier state',
    breakIt: (adapter) => {
      let looks = 0;
      return withStatus(adapter, (status) => {
        looks += 1;
        return looks === 3 ? { state: 'submitting', attempt: status.attempt, at: status.at } : status;
      });
    },
    caughtBy: ['observe-order'],
  },
  {
    name: 'numbers every attempt as the first',
    breakIt: (adapter) => withStatus(adapter, (status) => ({ ...status, attempt: '1.0' })),
    caughtBy: ['submit-number-in-attempt', 'retry-preempted'],
    capabilities: { retries: { preempted: 'native' } },
  },
  {
    name: 'ends jobs without evidence',
    breakIt: (adapter) => seeing(adapter, (observation) => ({ ...observation, evidence: null })),
    caughtBy: ['observe-final-evidence'],
  },
  {
    name: 'keeps what is no JSON in its memo',
    breakIt: (adapter) => seeing(adapter, (observation) => ({ ...observation, memo: { at: new Date() } as never })),
    caughtBy: ['observe-memo'],
  },
  {
    name: 'looks at each job by itself',
    breakIt: (adapter) => ({
      observe: async (targets, context) => {
        for (const _target of targets) await context.budget.take('DescribeJob');
        return adapter.observe(targets, context);
      },
    }),
    caughtBy: ['observe-many-few-calls'],
  },
  {
    name: 'sees what it does not cover',
    breakIt: (adapter) => ({
      observe: async (targets, context) => ({ ...(await adapter.observe(targets, context)), covered: [] }),
    }),
    caughtBy: ['observe-seen-is-covered', 'observe-many-few-calls'],
  },
  {
    name: 'ignores time limits',
    breakIt: (adapter) =>
      changingParts(adapter, (part) => {
        const { timeLimitSeconds: _limit, ...job } = part.job;
        return { ...part, job };
      }),
    caughtBy: ['time-limit', 'time-limit-per-task'],
  },
  {
    name: 'asks to cancel what has ended',
    breakIt: (adapter) => ({
      cancel: async (targets, reason, context) => {
        await adapter.cancel(targets, reason, context);
        return targets.map(() => ({ type: 'requested' }));
      },
    }),
    caughtBy: ['cancel-ended', 'cancel-many', 'cancel-identity', 'cancel-never-submitted', 'cancel-twice'],
  },
  {
    name: 'says that it cancels and does not',
    breakIt: () => ({ cancel: async (targets) => targets.map(() => ({ type: 'requested' })) }),
    caughtBy: ['cancel-running', 'cancel-child', 'cancel-array', 'client-cancel'],
  },
  {
    name: 'cancels the whole array for one task',
    breakIt: (adapter) => ({
      cancel: (targets, reason, context) =>
        adapter.cancel(
          targets.map(({ ref }) => ({ ref })),
          reason,
          context,
        ),
    }),
    caughtBy: ['cancel-child'],
  },
  {
    name: 'cancels when a look is aborted',
    breakIt: (adapter) => ({
      observe: async (targets, context) => {
        if (context.signal.aborted) {
          await adapter.cancel(targets, 'aborted', { ...context, signal: new AbortController().signal });
        }
        return adapter.observe(targets, context);
      },
    }),
    caughtBy: ['abort-reads'],
  },
];
