import { FAILURE_REASONS, type ResolvedJob } from '@scijob/core/adapter';
import type { ConformanceSubject } from '@scijob/testing/conformance';
import { type FakeWorld, fakeSubject } from './fake-subject.ts';

const refused = Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, 'refused' as const]));

/** The fake with the capabilities that adapters really have, and with all of them off. */
export const fakeSubjects: readonly ConformanceSubject<FakeWorld>[] = [
  fakeSubject({ name: 'fake' }),
  fakeSubject({
    name: 'fake token',
    capabilities: { submitOnce: 'token', forgottenAfterSeconds: 86_400, retries: { preempted: 'native' } },
  }),
  fakeSubject({
    name: 'fake lookup',
    capabilities: {
      submitOnce: 'lookup',
      visibleAfterSeconds: 5,
      forgottenAfterSeconds: 86_400,
      arrays: { maxCount: 10_000, maxConcurrent: 'refused' },
      dependencies: { afterok: 'native', afterany: 'owner' },
      logs: 'after-exit',
      cancel: 'eventual',
      timeLimitResolutionSeconds: 60,
    },
  }),
  fakeSubject({
    name: 'fake bare',
    capabilities: {
      kinds: { command: true } as never,
      submitOnce: 'lookup',
      forgottenAfterSeconds: 0,
      arrays: false,
      parallel: false,
      containers: false,
      dependencies: {},
      retries: refused,
      logs: 'none',
      cancel: 'none',
    },
  }),
  {
    ...fakeSubject({ name: 'fake workflows', capabilities: { kinds: { workflow: true } as never, arrays: false } }),
    toJob: ({ command, script: _script, ...job }: ResolvedJob): ResolvedJob => ({
      ...job,
      kind: 'workflow',
      workflow: { id: 'conformance', type: 'private', parameters: { command: [...(command ?? [])] } },
    }),
  },
];
