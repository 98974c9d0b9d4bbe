import { toRestart } from '../attempt.ts';
import type { RetryLine } from '../retry-line.ts';
import { isRetried } from '../retry-policy.ts';
import type { PartRun } from './part-run.ts';
import { planRetry } from './plan-retry.ts';
import { appendRetry, readRetries } from './retries-file.ts';
import type { RunningTask } from './running-task.ts';
import { type Conclusion, writeVerdict } from './task-end.ts';

/** The attempts of a task that are over and were followed by another. */
export function readBefore(part: PartRun, index: number): readonly RetryLine[] {
  return isRetried(part.record.job) ? readRetries(part.retriesPath(index)) : [];
}

/** Writes down what follows the end of an attempt: another one, which is given back, or the end of the task. */
export function settleAttempt(
  { part, index, attempt }: Pick<RunningTask, 'part' | 'index' | 'attempt'>,
  { line, isOwn }: Conclusion,
): RetryLine | undefined {
  const { job } = part.record;
  const before = readBefore(part, index);
  // Known already when writing it down went wrong half-way.
  const known = before[toRestart(attempt)];
  const next = part.isCancelled(index) ? undefined : (known ?? planRetry(job, line, before, Date.now()));
  if (next) {
    if (!known) appendRetry(part.retriesPath(index), next);
    return next;
  }
  // Whoever reads the records alone cannot know that this failure was the last.
  if (isOwn || (isRetried(job) && line.state !== 'succeeded')) writeVerdict(part.taskFolder(index), line);
  return undefined;
}
