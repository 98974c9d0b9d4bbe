import type { AdapterCapabilities, JobKind, JobRef } from '@scijob/core/adapter';
import { createFakeAdapter, createFakeBackend, type FakeAdapter, type FakeBackend, manualClock } from '@scijob/testing';
import type { AnyAdapter, ConformanceSubject, ConformanceWorld, TaskScript } from '@scijob/testing/conformance';
import { losingReplies } from './losing-replies.ts';
import { toFakeScript } from './to-fake-script.ts';

export interface FakeWorld extends ConformanceWorld {
  readonly backend: FakeBackend;
  readonly loseNextReply: () => void;
}

export interface FakeSubjectOptions {
  readonly name: string;
  readonly capabilities?: Partial<AdapterCapabilities<JobKind>>;
  readonly pageSize?: number;
  /** What to put in the place of the adapter: a broken one. @default the fake itself */
  readonly breakIt?: (adapter: FakeAdapter) => AnyAdapter;
}

/** The fake, with some capabilities, on a clock that the suite moves. */
export function fakeSubject({
  name,
  capabilities = {},
  pageSize = 7,
  breakIt = (adapter) => adapter as AnyAdapter,
}: FakeSubjectOptions): ConformanceSubject<FakeWorld> {
  return {
    name,
    capabilities: createFakeAdapter({ capabilities }).capabilities,
    programs: 'scripted',
    create: (script: TaskScript) => {
      const backend = createFakeBackend({ capabilities, pageSize, ...toFakeScript(script) });
      const { adapter, loseNext } = losingReplies(breakIt(createFakeAdapter({ backend })));
      return { adapter, backend, clock: manualClock(), loseNextReply: loseNext, dispose: async () => {} };
    },
    second: ({ backend }) => createFakeAdapter({ backend }) as AnyAdapter,
    created: ({ backend }) => backend.created.length,
    changeArtifact: ({ backend }, ref, { path }) => backend.write(ref, path, 'something else altogether'),
    loseReply: ({ loseNextReply }) => loseNextReply(),
    outage: ({ backend }, isOut) => (isOut ? backend.goOffline() : backend.goOnline()),
    forget: ({ backend }, ref: JobRef) => backend.purge(ref),
    preempt: ({ backend }, ref: JobRef) => backend.preempt(ref),
  };
}
