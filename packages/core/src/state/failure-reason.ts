/** Why a job did not succeed, in one word that is the same on every backend. */
export const FAILURE_REASONS = [
  'exit-nonzero',
  'out-of-memory',
  'time-limit',
  'queue-time-limit',
  'preempted',
  'node-failure',
  'image-pull',
  'misconfigured',
  'dependency-failed',
  'quota',
  'input-missing',
  'output-missing',
  'staging',
  'cancelled-by-user',
  'cancelled-by-admin',
  'infrastructure',
  'unknown',
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];
