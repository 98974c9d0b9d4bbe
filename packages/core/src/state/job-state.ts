/** The states a job can be in, in the order it passes through them. */
export const JOB_STATES = [
  'submitting',
  'queued',
  'held',
  'starting',
  'running',
  'suspended',
  'finalizing',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
] as const;

export type JobState = (typeof JOB_STATES)[number];
export const ENDED_STATES = ['succeeded', 'failed', 'cancelled', 'lost'] as const satisfies readonly JobState[];
export type FinalState = (typeof ENDED_STATES)[number];

/** How far along: a `waitFor` is satisfied by any state of the same or a higher rank. `held` ranks with `queued`, `suspended` with `running`. */
export const STATE_RANK = {
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

export function isFinalState(state: JobState): state is FinalState {
  return STATE_RANK[state] === STATE_RANK.succeeded;
}
