import type { AdapterCapabilities, JobKind } from '@scijob/core/adapter';
import { RETRIED } from './job-spec.ts';

type Capabilities = Partial<AdapterCapabilities<JobKind>>;

const retries = (by: 'native' | 'owner') => Object.fromEntries(RETRIED.map((reason) => [reason, by]));
const OWNER: Capabilities = {
  retries: retries('owner'),
  dependencies: {},
  arrays: { maxCount: 3, maxConcurrent: 'owner' },
};

/** Backends as different as they may be. */
export const CAPABILITY_SETS = {
  'does everything itself': { retries: retries('native') },
  'leaves everything to the owner': OWNER,
  'knows tokens': { ...OWNER, submitOnce: 'token' },
  'can only be looked at': { ...OWNER, submitOnce: 'lookup', visibleAfterSeconds: 5 },
} as const satisfies { readonly [name: string]: Capabilities };

export type CapabilitySet = keyof typeof CAPABILITY_SETS;
