import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isGrouped } from '../part-paths.ts';

/** The indices of all tasks of a part that have a folder; `count` is that of the whole array. */
export function listTaskFolders(partFolder: string, count: number): readonly number[] {
  const tasks = join(partFolder, 'tasks');
  const folders = isGrouped(count) ? list(tasks).map((name) => join(tasks, String(name))) : [tasks];
  return folders.flatMap(list);
}

function list(folder: string): readonly number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
