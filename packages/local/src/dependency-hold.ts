import { dirname, join } from 'node:path';
import { parseEndLine } from './end-line.ts';
import { hasTaskEnded, isSuccess } from './has-task-ended.ts';
import type { LocalClient } from './local-client.ts';
import { type PartPaths, toPartPaths, toTaskFolder } from './part-paths.ts';
import { type PartRecord, parsePartRecord } from './part-record.ts';
import { readAttempts } from './read-attempts.ts';
import { parseTaskRecord, toRecordPath } from './task-records.ts';

export interface HeldPlace {
  readonly client: LocalClient;
  readonly paths: PartPaths;
  readonly record: PartRecord;
}

/** Whether a task that has not started waits for another job. For what is shown only: the runner decides by the ends. */
export async function isHeld(place: HeldPlace, index: number): Promise<boolean> {
  const { client, paths, record } = place;
  const after = record.after ?? [];
  const isWhole = after.some(({ condition }) => condition !== 'aftercorr');
  if (isWhole && (await client.status(paths.released)) === undefined) return true;
  return (await parentTasks(place, index)).includes('live');
}

/** Whether a task that has no folder will never have one, as far as the task it waits for tells. */
export async function isInVain(place: HeldPlace, index: number): Promise<boolean> {
  return (await parentTasks(place, index)).includes('not succeeded');
}

type ParentTask = 'live' | 'succeeded' | 'not succeeded';

/** How the tasks of the same index are that a task waits for. */
async function parentTasks({ client, paths, record }: HeldPlace, index: number): Promise<readonly ParentTask[]> {
  const found: ParentTask[] = [];
  for (const { condition, token } of record.after ?? []) {
    if (condition !== 'aftercorr') continue;
    const parent = toPartPaths(join(dirname(paths.folder), token));
    const text = await client.readText(parent.record);
    const job = text === undefined ? undefined : parsePartRecord(text);
    const folder = toTaskFolder(parent.folder, index, job?.job.array?.count ?? 1);
    const isOver =
      !job || (await client.status(parent.ended)) !== undefined || (await hasTaskEnded(client, job, folder));
    if (!isOver) found.push('live');
    else found.push(job && (await hasSucceeded(client, job, folder)) ? 'succeeded' : 'not succeeded');
  }
  return found;
}

async function hasSucceeded(client: LocalClient, record: PartRecord, taskFolder: string): Promise<boolean> {
  const verdict = await client.readText(`${taskFolder}/verdict`);
  if (verdict !== undefined) return parseEndLine(verdict)?.state === 'succeeded';
  const { folder } = await readAttempts(client, record, taskFolder);
  const end = parseTaskRecord('end', await client.readText(toRecordPath(folder, 'end')));
  return end !== undefined && isSuccess(end);
}
