import { join } from 'node:path';
import type { ArtifactInfo, ArtifactQuery, JobRef, Page } from '@scijob/core/adapter';
import { hasTaskEnded } from './has-task-ended.ts';
import { listTaskArtifacts } from './list-task-artifacts.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import { currentPart, partsOf } from './parts-of.ts';
import { readAttempts } from './read-attempts.ts';
import { readEndedTasks, readPartRecord } from './read-ended-tasks.ts';

/** So many tasks of an array are looked at for one page. */
const TASKS_PER_PAGE = 200;
/** Where nothing is declared, a page only finds out whether all have ended. */
const MANY_TASKS = 20_000;

/** What the ended tasks of a job left of what was declared; of an array in the order its tasks ended. */
export async function listArtifacts(home: Home, ref: JobRef, query: ArtifactQuery): Promise<Page<ArtifactInfo>> {
  if (ref.count === undefined) return listOne(home, ref, 0, undefined);
  if (ref.child !== undefined) return listOne(home, ref, ref.child, undefined);
  if (query.child !== undefined) return listOne(home, ref, Number(query.child), Number(query.child));
  const declares = await declaresOutputs(home, ref);
  const { tasks, cursor, end } = await readEndedTasks(home, ref, query.cursor, declares ? TASKS_PER_PAGE : MANY_TASKS);
  const items: ArtifactInfo[] = [];
  for (const { part, record, line } of declares ? tasks : []) {
    const folder = toTaskFolder(home.part(part.token).folder, line.index, ref.count);
    items.push(...(await listTaskArtifacts(home.client, record, folder, line.index)));
  }
  return { items, cursor, end };
}

async function declaresOutputs(home: Home, ref: JobRef): Promise<boolean> {
  for (const { token } of partsOf(ref)) {
    const record = await readPartRecord(home, token);
    if (record && Object.keys(record.job.outputs).length > 0) return true;
  }
  return false;
}

/** Where a task's files lie: those of its newest attempt, by the newest part that runs it. */
export async function findWorkDirectory(home: Home, ref: JobRef, index: number): Promise<string> {
  const part = currentPart(ref, index);
  const record = part && (await readPartRecord(home, part.token));
  if (!part) throw new TypeError(`The job ${JSON.stringify(ref.key)} has no task ${index}.`);
  const folder = toTaskFolder(home.part(part.token).folder, index, ref.count ?? 1);
  return join(record ? (await readAttempts(home.client, record, folder)).folder : folder, 'work');
}

async function listOne(home: Home, ref: JobRef, index: number, child: number | undefined): Promise<Page<ArtifactInfo>> {
  const part = currentPart(ref, index);
  const record = part && (await readPartRecord(home, part.token));
  if (!part || !record) return { items: [], end: false };
  const paths = home.part(part.token);
  const folder = toTaskFolder(paths.folder, index, ref.count ?? 1);
  const isEnded =
    (await home.client.status(paths.ended)) !== undefined || (await hasTaskEnded(home.client, record, folder));
  if (!isEnded) return { items: [], end: false };
  return { items: await listTaskArtifacts(home.client, record, folder, child), end: true };
}
