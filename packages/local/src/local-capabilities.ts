import type { AdapterCapabilities } from '@scijob/core/adapter';
import { RETRIED_REASONS } from './retry-policy.ts';

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
  // By the runner, which waits for parts of its directory.
  dependencies: { afterok: 'native', afterany: 'native', afternotok: 'native', aftercorr: 'native' },
  // What never happens here (preemption, node loss) is left out: a budget for it is accepted and never needed.
  retries: Object.fromEntries(RETRIED_REASONS.map((reason) => [reason, 'native'])),
  logs: 'live',
  cancel: 'immediate',
  timeLimitResolutionSeconds: 1,
  cadence: { fastestMs: 50, slowestMs: 1_000 },
};
