import { type FinalStatus, isFinal } from '../state/job-status.ts';
import { keepAlive } from '../util/keep-alive.ts';
import type { Subject } from './subject.ts';

/** Follows a subject from change to change until it has ended. */
export async function lastStatus(
  subject: Pick<Subject, 'status' | 'next'>,
  signal: AbortSignal | undefined,
): Promise<FinalStatus> {
  const release = keepAlive();
  try {
    let { status } = subject;
    while (!isFinal(status)) status = await subject.next(status, signal);
    return status;
  } finally {
    release();
  }
}
