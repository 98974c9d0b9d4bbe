import type { JobState } from '@scijob/core/adapter';

/** How far along each state is: within an attempt this never falls. */
export const STATE_ORDER = {
  submitting: 0,
  queued: 1,
  held: 1,
  starting: 2,
  running: 3,
  suspended: 3,
  finalizing: 4,
  cancelling: 5,
  succeeded: 6,
  failed: 6,
  cancelled: 6,
  lost: 6,
} as const satisfies Record<JobState, number>;
