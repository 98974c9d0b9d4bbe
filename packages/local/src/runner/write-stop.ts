import { writeFileSync } from 'node:fs';
import { toRecordPath } from '../task-records.ts';

/** Writes why a task is about to be ended. The first reason stays: false when there was one. */
export function writeStop(folder: string, record: string): boolean {
  try {
    writeFileSync(toRecordPath(folder, 'stop'), record, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
