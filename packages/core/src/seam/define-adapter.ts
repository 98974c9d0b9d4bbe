import type { JobKind } from '../ids/job-kind.ts';
import { FAILURE_REASONS } from '../state/failure-reason.ts';
import type { AdapterCapabilities } from './adapter-capabilities.ts';
import type { JobAdapter } from './job-adapter.ts';
import { plannedValues } from './planned-values.ts';

/** What a small adapter must bring; `defineAdapter` fills in the rest from `capabilities` (refused, none, empty). */
export type AdapterCore<K extends JobKind, Native> = Pick<
  JobAdapter<K, Native>,
  'id' | 'target' | 'submit' | 'observe'
> &
  Partial<Omit<JobAdapter<K, Native>, 'capabilities'>> & {
    readonly capabilities: Pick<AdapterCapabilities<K>, 'kinds'> & Partial<AdapterCapabilities<K>>;
  };

/**
 * Makes a whole adapter out of the few methods a backend has: what is left out is refused, none or empty,
 * and the capabilities say so.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is "no native options", as a default type argument.
export function defineAdapter<const K extends JobKind, Native = {}>(
  adapter: AdapterCore<K, Native>,
): JobAdapter<K, Native> {
  const nothing = async () => ({ items: [], end: true });
  return {
    specificationVersion: 'v1',
    plan: async (job, context) => ({
      target: await adapter.target(context),
      parts: 1,
      requests: [],
      values: plannedValues(job),
      features: [],
    }),
    prepare: async (parts) =>
      parts.map(({ job }) =>
        job.image !== undefined && !adapter.capabilities.containers
          ? {
              type: 'refused',
              error: {
                code: 'UNSUPPORTED',
                message: `The adapter "${adapter.id}" has no containers: leave out \`image\`.`,
                retryable: false,
              },
            }
          : { type: 'prepared' },
      ),
    find: async (keys) =>
      keys.map(() => ({
        type: 'unknown',
        cause: new Error(`The adapter "${adapter.id}" cannot look a job up by key.`),
      })),
    listChildren: nothing,
    cancel: async (targets) =>
      targets.map(() => ({
        type: 'unknown',
        cause: new Error(`The adapter "${adapter.id}" cannot cancel ("cancel: none").`),
      })),
    readLogs: async (_ref, query) => ({ lines: [], cursor: query.cursor ?? '', end: true }),
    listArtifacts: nothing,
    openArtifact: async (_ref, artifact) => {
      throw new TypeError(`The adapter "${adapter.id}" has no artifacts, asked for ${JSON.stringify(artifact.path)}.`);
    },
    close: async () => {},
    ...adapter,
    capabilities: { ...NO_CAPABILITIES, ...adapter.capabilities },
  };
}

const NO_CAPABILITIES = {
  submitOnce: 'lookup',
  visibleAfterSeconds: 0,
  forgottenAfterSeconds: 0,
  arrays: false,
  parallel: false,
  containers: false,
  dependencies: {},
  retries: Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, 'refused'])),
  logs: 'none',
  cancel: 'none',
  timeLimitResolutionSeconds: 1,
} as const satisfies Omit<AdapterCapabilities, 'kinds'>;
