import { defineAdapter, type JobAdapter } from '@scijob/core/adapter';
import type { NullBackend } from './null-backend.ts';

/** The adapter of the null backend. Keeps nothing per job; every job it is asked about runs, each with its own row. */
export function nullAdapter(backend: NullBackend): JobAdapter<'command'> {
  return defineAdapter<'command'>({
    id: 'null',
    capabilities: {
      kinds: { command: true },
      submitOnce: 'guard',
      forgottenAfterSeconds: Number.MAX_SAFE_INTEGER,
      arrays: { maxCount: 1_000_000, maxConcurrent: 'native' },
    },
    target: async () => ({ adapter: 'null', id: 'null-backend', describe: { host: 'localhost' } }),
    submit: async (parts) => {
      const nativeIds = await backend.submit(parts.map(({ key }) => key.token));
      return nativeIds.map((nativeId) => ({ type: 'accepted', nativeId }));
    },
    observe: async (targets) => {
      const raw = await backend.observe();
      return {
        covered: targets.map(({ ref }) => ref),
        seen: targets.map(({ ref }) => ({
          ref,
          status: { state: 'running', attempt: '1.0', at: new Date(), raw },
          evidence: { row: `${ref.submissions[0]?.parts[0]?.nativeId} ${raw}` },
        })),
      };
    },
  });
}
