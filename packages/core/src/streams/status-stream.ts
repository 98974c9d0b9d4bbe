import { type Attempt, compareAttempts } from '../ids/attempt.ts';
import { type JobState, STATE_RANK } from '../state/job-state.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { isAnswer } from '../tracker/retry-read.ts';
import type { Subject } from '../tracker/subject.ts';
import type { Streamed, Streaming } from './job-stream.ts';
import { formatCursor, parseCursor } from './stream-cursor.ts';

/** The present status, then each change, up to the first final one. A slow reader sees the latest, not every one between. */
export async function* statusChanges(
  subject: Subject,
  { signal, from, follow = true }: Streaming,
): AsyncGenerator<Streamed<JobStatus>, void, undefined> {
  const position = parseCursor('status', from);
  let status = await firstStatus(subject, follow, signal);
  if (position === undefined || isBehind(position, status)) yield withCursor(status, subject.child);
  while (follow && !isFinal(status)) {
    status = await subject.next(status, signal);
    yield withCursor(status, subject.child);
  }
}

/** A stream that follows does not end because its first look failed: it begins with what is known. */
async function firstStatus(subject: Subject, follow: boolean, signal: AbortSignal | undefined): Promise<JobStatus> {
  try {
    return await subject.refresh(signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!follow || subject.slot.closed || isAnswer(error)) throw error;
    return subject.status;
  }
}

function withCursor(status: JobStatus, child: number | undefined): Streamed<JobStatus> {
  const cursor = formatCursor('status', `${status.attempt}:${status.state}`);
  return child === undefined ? { ...status, cursor } : { ...status, cursor, child };
}

/** Whether `status` is news to somebody who has seen `position`. */
function isBehind(position: string, status: JobStatus): boolean {
  const [attempt = '0.0', state = 'submitting'] = position.split(':');
  const order = compareAttempts(status.attempt, attempt as Attempt);
  if (order !== 0) return order > 0;
  return status.state !== state && STATE_RANK[status.state] >= (STATE_RANK[state as JobState] ?? 0);
}
