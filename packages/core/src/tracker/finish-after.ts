import { isFinal } from '../state/job-status.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { FINISH, type Finisher } from './end-waiter.ts';
import type { Subject } from './subject.ts';

/** Follows a subject from change to change until it has ended, then finishes. */
export async function finishAfter<T>(
  subject: Pick<Subject, 'status' | 'next'>,
  finisher: Finisher<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const release = keepAlive();
  try {
    let { status } = subject;
    while (!isFinal(status)) status = await subject.next(status, signal);
    return await finisher[FINISH](status, signal);
  } finally {
    release();
  }
}
