import { readFileSync } from 'node:fs';
import { parseTaskRecord, type RecordName, type RecordOf, toRecordPath } from '../task-records.ts';

/** One record of a task; `undefined` when it is not there or not whole yet. */
export function readRecord<Name extends RecordName>(folder: string, name: Name): RecordOf<Name> | undefined {
  let text: string;
  try {
    text = readFileSync(toRecordPath(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseTaskRecord(name, text);
}
