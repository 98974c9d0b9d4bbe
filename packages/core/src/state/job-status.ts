import type { Attempt } from '../ids/attempt.ts';
import type { FailureReason } from './failure-reason.ts';
import { isFinalState } from './job-state.ts';

interface StatusBase {
  readonly attempt: Attempt;
  /** When this was learnt, or when it happened where the backend says so. */
  readonly at: Date;
  /** The backend's own word, `RUNNABLE`, `PENDING`, … */
  readonly raw?: string;
  /** What the job waits for when it is not the backend. */
  readonly waitingFor?: 'owner' | 'dependency' | 'limit';
}

/** How a job ended. Only ever made from positive evidence about this job. */
export type FinalStatus =
  | (StatusBase & { readonly state: 'succeeded'; readonly exitCode?: number })
  | (StatusBase & {
      readonly state: 'failed' | 'cancelled' | 'lost';
      readonly reason: FailureReason;
      /** Absent when there is none: a job killed or never started has no exit code. */
      readonly exitCode?: number;
      readonly message: string;
    });

export type LiveStatus = StatusBase & {
  readonly state: 'submitting' | 'queued' | 'held' | 'starting' | 'running' | 'suspended' | 'finalizing' | 'cancelling';
};

/** Where a job is: one snapshot, a union on `state`. */
export type JobStatus = FinalStatus | LiveStatus;

export function isFinal(status: JobStatus): status is FinalStatus {
  return isFinalState(status.state);
}
