import { RecordDamagedError } from '@scijob/core/wrapper';
import type { LocalClient } from './local-client.ts';
import { parseTaskRecord, toRecordPath } from './task-records.ts';

/** Whether a task has ended, by its wrapper's word or the runner's: nothing more is written into its folder. */
export async function hasTaskEnded(client: LocalClient, folder: string): Promise<boolean> {
  if ((await client.status(`${folder}/verdict`)) !== undefined) return true;
  try {
    return parseTaskRecord('end', await client.readText(toRecordPath(folder, 'end'))) !== undefined;
  } catch (error) {
    // Whole but nonsense: the runner will say what to make of it.
    if (error instanceof RecordDamagedError) return false;
    throw error;
  }
}
