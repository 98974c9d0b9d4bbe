import type { AdapterCapabilities } from '@scijob/core/adapter';

export const localCapabilities: AdapterCapabilities<'command'> = {
  kinds: { command: true },
  // The wrapper claims each task for one native id before the command runs.
  submitOnce: 'guard',
  // One rename: it is there, or it is not.
  visibleAfterSeconds: 0,
  forgottenAfterSeconds: Number.POSITIVE_INFINITY,
  arrays: { maxCount: 1_000_000, maxConcurrent: 'native' },
  parallel: true,
  containers: false,
  dependencies: {},
  // What never happens here (preemption, node loss) is left out: a budget for it is accepted and never needed.
  retries: {
    'exit-nonzero': 'owner',
    'out-of-memory': 'owner',
    'time-limit': 'owner',
    misconfigured: 'owner',
    'input-missing': 'owner',
    'output-missing': 'owner',
    staging: 'owner',
    infrastructure: 'owner',
    unknown: 'owner',
  },
  logs: 'live',
  cancel: 'immediate',
  timeLimitResolutionSeconds: 1,
  cadence: { fastestMs: 50, slowestMs: 1_000 },
};
