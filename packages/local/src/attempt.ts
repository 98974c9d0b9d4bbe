import { join } from 'node:path';
import type { Attempt } from '@scijob/core/adapter';

/** `restart`: how often the task was tried again before, by the runner. */
export function toAttempt(submission: number, restart = 0): Attempt {
  return `${submission}.${restart}`;
}

export function toRestart(attempt: Attempt): number {
  return Number(attempt.slice(attempt.indexOf('.') + 1));
}

/**
 * Where an attempt's records, logs and working directory lie: the first one's in the task's folder itself, each further
 * one's in a folder of its own, so that it begins clean, with a claim of its own.
 */
export function toAttemptFolder(taskFolder: string, attempt: Attempt): string {
  return toRestart(attempt) === 0 ? taskFolder : join(taskFolder, attempt);
}
