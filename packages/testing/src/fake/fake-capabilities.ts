import type { AdapterCapabilities, JobKind } from '@scijob/core/adapter';

/** What a fake can do unless it is told otherwise: everything, so that it can stand for any adapter. */
export const fakeCapabilities: AdapterCapabilities<JobKind> = {
  kinds: { command: true, workflow: true },
  submitOnce: 'guard',
  visibleAfterSeconds: 0,
  forgottenAfterSeconds: Number.POSITIVE_INFINITY,
  arrays: { maxCount: 1_000_000, maxConcurrent: 'native' },
  parallel: true,
  containers: true,
  dependencies: { afterok: 'native', afterany: 'native', afternotok: 'native', aftercorr: 'native' },
  // By core, which submits again: so a test sees what a user of most backends sees.
  retries: {
    'exit-nonzero': 'owner',
    'out-of-memory': 'owner',
    'time-limit': 'owner',
    'queue-time-limit': 'owner',
    preempted: 'owner',
    'node-failure': 'owner',
    'image-pull': 'owner',
    misconfigured: 'owner',
    quota: 'owner',
    'input-missing': 'owner',
    'output-missing': 'owner',
    staging: 'owner',
    infrastructure: 'owner',
    unknown: 'owner',
  },
  logs: 'live',
  cancel: 'immediate',
  timeLimitResolutionSeconds: 1,
};
