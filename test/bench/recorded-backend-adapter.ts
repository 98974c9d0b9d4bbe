import { defineAdapter, type JobAdapter } from '@scijob/core/adapter';
import type { RecordedBackendConnection } from './recorded-backend-connection.ts';

const FENCED = { code: 'FENCED', message: 'Somebody asked for it before it came.', retryable: false };

/** The adapter of the recorded backend: one call per hundred jobs, whatever it is asked. */
export function recordedBackendAdapter(connection: RecordedBackendConnection): JobAdapter<'command'> {
  return defineAdapter<'command'>({
    id: 'recorded',
    capabilities: {
      kinds: { command: true },
      submitOnce: 'guard',
      forgottenAfterSeconds: Number.MAX_SAFE_INTEGER,
    },
    target: async () => ({ adapter: 'recorded', id: 'recorded-backend', describe: { host: 'localhost' } }),
    submit: async (parts) => {
      const nativeIds = await connection.submit(parts.map(({ key: { key, token } }) => ({ key, token })));
      return nativeIds.map((nativeId) =>
        nativeId === null ? { type: 'refused', error: FENCED } : { type: 'accepted', nativeId },
      );
    },
    find: async (keys) => {
      const nativeIds = await connection.find(keys.map(({ token }) => token));
      return nativeIds.map((nativeId) =>
        nativeId === null ? { type: 'absent', evidence: { fenced: true } } : { type: 'found', nativeId },
      );
    },
    observe: async (targets) => {
      const states = await connection.observe(targets.map(({ ref }) => ref.submissions[0]?.parts[0]?.nativeId ?? ''));
      return {
        covered: targets.map(({ ref }) => ref),
        seen: targets.flatMap(({ ref }, index) =>
          states[index] === 'RUNNING'
            ? [
                {
                  ref,
                  status: { state: 'running' as const, attempt: '1.0' as const, at: new Date(), raw: 'RUNNING' },
                  evidence: { row: 'RUNNING' },
                },
              ]
            : [],
        ),
      };
    },
  });
}
