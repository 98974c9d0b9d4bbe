import { ScijobError } from '../errors/scijob-error.ts';
import type { FinalStatus } from '../state/job-status.ts';

export type UnsuccessfulStatus = Exclude<FinalStatus, { state: 'succeeded' }>;

/**
 * The job did not succeed. This is about the job, never about the waiting: giving up a wait rejects with the signal's reason.
 * Code `JOB_FAILED`.
 */
export class JobFailedError extends ScijobError {
  declare readonly code: 'JOB_FAILED';
  readonly status: UnsuccessfulStatus;
  /** The last lines the job printed, oldest first; stderr where there is any. */
  readonly logTail: readonly string[];
  /** Attach to it to look further. */
  readonly ref: string;

  constructor(
    what: string,
    status: UnsuccessfulStatus,
    logTail: readonly string[],
    ref: string,
    options?: ErrorOptions,
  ) {
    const tail = logTail.length > 0 ? `\nIts last lines:\n${logTail.map((line) => `  | ${line}`).join('\n')}` : '';
    super('JOB_FAILED', `${what} ${VERB[status.state]} (${status.reason}): ${status.message}${tail}`, options);
    this.status = status;
    this.logTail = logTail;
    this.ref = ref;
  }

  static override isInstance(error: unknown): error is JobFailedError {
    return ScijobError.isInstance(error) && error.code === 'JOB_FAILED';
  }

  static {
    Object.defineProperty(JobFailedError.prototype, 'name', { value: 'JobFailedError', configurable: true });
  }
}

const VERB = { failed: 'failed', cancelled: 'was cancelled', lost: 'is lost' } as const satisfies Record<
  UnsuccessfulStatus['state'],
  string
>;
