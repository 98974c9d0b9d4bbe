import { type EndRecord, RecordDamagedError } from '@scijob/core/wrapper';
import type { LocalClient } from './local-client.ts';
import type { PartRecord } from './part-record.ts';
import { readAttempts } from './read-attempts.ts';
import { isRetried } from './retry-policy.ts';
import { parseTaskRecord, toRecordPath } from './task-records.ts';

/**
 * Whether a task has ended, by its wrapper's word or the runner's: nothing more is written into its folder. A failure that
 * may be tried again is no end before the runner has said so.
 */
export async function hasTaskEnded(client: LocalClient, record: PartRecord, taskFolder: string): Promise<boolean> {
  if ((await client.status(`${taskFolder}/verdict`)) !== undefined) return true;
  const { folder } = await readAttempts(client, record, taskFolder);
  try {
    const end = parseTaskRecord('end', await client.readText(toRecordPath(folder, 'end')));
    return end !== undefined && (!isRetried(record.job) || isSuccess(end));
  } catch (error) {
    // Whole but nonsense: the runner will say what to make of it.
    if (error instanceof RecordDamagedError) return false;
    throw error;
  }
}

export function isSuccess({ exitCode, reason, refused }: EndRecord): boolean {
  return exitCode === 0 && reason === undefined && !refused;
}
