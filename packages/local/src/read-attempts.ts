import { join } from 'node:path';
import type { Attempt } from '@scijob/core/adapter';
import { toAttempt, toAttemptFolder } from './attempt.ts';
import type { LocalClient } from './local-client.ts';
import type { PartRecord } from './part-record.ts';
import { parseRetryLines, type RetryLine } from './retry-line.ts';
import { isRetried } from './retry-policy.ts';

/** The attempts of one task, as the runner wrote them down. */
export interface TaskAttempts {
  /** The newest. */
  readonly attempt: Attempt;
  /** Its folder, which may not be there yet. */
  readonly folder: string;
  /** How those before it ended. */
  readonly before: readonly RetryLine[];
}

export async function readAttempts(client: LocalClient, record: PartRecord, taskFolder: string): Promise<TaskAttempts> {
  const text = isRetried(record.job) ? await client.readText(toRetriesPath(taskFolder)) : undefined;
  const before = text === undefined ? [] : parseRetryLines(text);
  const attempt = toAttempt(record.key.submission, before.length);
  return { attempt, folder: toAttemptFolder(taskFolder, attempt), before };
}

export function toRetriesPath(taskFolder: string): string {
  return join(taskFolder, 'retries');
}
