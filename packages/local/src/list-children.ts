import type { ChildObservation, ChildQuery, JobRef, JobState, Page } from '@scijob/core/adapter';
import { isFinalState } from '@scijob/core/adapter';
import { type EndLine, toFinalStatus, toUsage } from './end-line.ts';
import { observeTask } from './observe-task.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';
import { currentPart, type PartOfJob, partsOf } from './parts-of.ts';
import { readEndedTasks, readPartRecord } from './read-ended-tasks.ts';
import { parseRunningNote } from './running-note.ts';
import { countTasks, indexAt } from './task-ranges.ts';

const CHILDREN_PER_PAGE = 1_000;

/**
 * The tasks of an array: those that ended in the order they did, a page at a time; with the first page those that run,
 * and, when asked for by name, the next ones that wait.
 */
export async function listChildren(
  home: Home,
  ref: JobRef,
  query: ChildQuery,
  { now, isRunnerAlive }: { readonly now: Date; readonly isRunnerAlive: boolean },
): Promise<Page<ChildObservation>> {
  if (ref.count === undefined) return { items: [], end: true };
  const look = { now, isRunnerAlive };
  if (query.index !== undefined) return listOne(home, ref, query.index, look);
  const wants = (state: JobState) => query.states === undefined || query.states.includes(state);
  const live = query.cursor === undefined ? await listLive(home, ref, query.states, look) : [];
  const { tasks, cursor, end } = await readEndedTasks(home, ref, query.cursor, CHILDREN_PER_PAGE);
  const ended = tasks.map(({ part, record, line }) => toChild(line, part, record));
  return { items: [...live, ...ended].filter(({ status }) => wants(status.state)), cursor, end };
}

interface Look {
  readonly now: Date;
  readonly isRunnerAlive: boolean;
}

async function listOne(home: Home, ref: JobRef, index: number, look: Look): Promise<Page<ChildObservation>> {
  const part = currentPart(ref, index);
  const record = part && (await readPartRecord(home, part.token));
  if (!part || !record) return { items: [], end: false };
  const child = await observeChild(home, ref, part, record, index, look);
  return { items: [child], end: isFinalState(child.status.state) };
}

async function listLive(
  home: Home,
  ref: JobRef,
  states: readonly JobState[] | undefined,
  look: Look,
): Promise<readonly ChildObservation[]> {
  if (states?.every(isFinalState)) return [];
  const found: ChildObservation[] = [];
  for (const part of partsOf(ref)) {
    const record = await readPartRecord(home, part.token);
    if (!record) continue;
    const text = await home.client.readText(home.part(part.token).running);
    const note = text === undefined ? undefined : parseRunningNote(text);
    const running = new Set(note?.running);
    const asksWaiting = states?.some((state) => state === 'queued' || state === 'held') ?? false;
    const waiting = asksWaiting ? [...(note?.again ?? []), ...nextWaiting(part, note?.next ?? 0)] : [];
    for (const index of new Set([...running, ...waiting])) {
      found.push(await observeChild(home, ref, part, record, index, look));
    }
  }
  // One that has ended meanwhile comes among the ended, with this page or a later one.
  return found.filter(({ status }) => !isFinalState(status.state));
}

function nextWaiting(part: PartOfJob, next: number): readonly number[] {
  const count = Math.min(CHILDREN_PER_PAGE, countTasks(part.tasks) - next);
  const indices: number[] = [];
  for (let position = next; position < next + count; position += 1) {
    const index = indexAt(part.tasks, position);
    if (index !== undefined) indices.push(index);
  }
  return indices;
}

async function observeChild(
  home: Home,
  ref: JobRef,
  part: PartOfJob,
  record: PartRecord,
  index: number,
  look: Look,
): Promise<ChildObservation> {
  const paths = home.part(part.token);
  const folder = toTaskFolder(paths.folder, index, ref.count ?? 1);
  const { status, usage } = await observeTask({ client: home.client, paths, record, index, folder, ...look });
  return { child: index, status, ...(usage && { usage }) };
}

function toChild(line: EndLine, part: PartOfJob, record: PartRecord): ChildObservation {
  return {
    child: line.index,
    status: toFinalStatus(line, part.submission),
    usage: toUsage(line, record.job.resources),
  };
}
