import type { AdapterCapabilities, DependencyCondition } from '@scijob/core/adapter';

type Holds = (capabilities: AdapterCapabilities<never>) => boolean;

const isNative =
  (condition: DependencyCondition): Holds =>
  ({ dependencies }) =>
    dependencies[condition] === 'native';

/** What behaviours are decided by, each one question to `capabilities`. */
export const CAPABILITIES = {
  commands: ({ kinds }) => 'command' in kinds,
  workflows: ({ kinds }) => 'workflow' in kinds,
  arrays: ({ arrays }) => arrays !== false,
  /** By the backend, or by the owner. */
  maxConcurrent: ({ arrays }) => arrays !== false && arrays.maxConcurrent !== 'refused',
  'native maxConcurrent': ({ arrays }) => arrays !== false && arrays.maxConcurrent === 'native',
  parallel: ({ parallel }) => parallel,
  containers: ({ containers }) => containers,
  logs: ({ logs }) => logs !== 'none',
  'live logs': ({ logs }) => logs === 'live',
  cancel: ({ cancel }) => cancel !== 'none',
  'immediate cancel': ({ cancel }) => cancel === 'immediate',
  token: ({ submitOnce }) => submitOnce === 'token',
  guard: ({ submitOnce }) => submitOnce === 'guard',
  'look-up window': ({ forgottenAfterSeconds }) => forgottenAfterSeconds > 0,
  'native afterok': isNative('afterok'),
  'native afterany': isNative('afterany'),
  'native afternotok': isNative('afternotok'),
  'native aftercorr': isNative('aftercorr'),
  'native retry.preempted': ({ retries }) => retries.preempted === 'native',
} as const satisfies Record<string, Holds>;

export type Capability = keyof typeof CAPABILITIES;

export function hasCapability(capabilities: AdapterCapabilities<never>, capability: Capability): boolean {
  return CAPABILITIES[capability](capabilities);
}
