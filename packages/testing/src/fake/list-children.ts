import type { ChildObservation, ChildQuery, JobRef, JobState, Page } from '@scijob/core/adapter';
import { isFinalState } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import type { FakeTask, NativeObject } from './native-object.ts';
import { statusOf, usageOf } from './observe-object.ts';

/**
 * The tasks of an array, a page at a time: those that live by their index, then those that have ended in the order they did.
 * Where only ended ones are asked for, the pages begin there.
 */
export function listChildren(
  state: BackendState,
  object: NativeObject | undefined,
  { count }: Pick<JobRef, 'count'>,
  { states, index, cursor }: ChildQuery,
): Page<ChildObservation> {
  if (count === undefined) return { items: [], end: true };
  if (!object) return { items: [], end: false, ...(cursor === undefined ? {} : { cursor }) };
  const toRow = (task: FakeTask) => toChild(state, task);
  if (index !== undefined) {
    const task = object.tasks.get(index);
    return { items: task ? [toRow(task)] : [], end: task === undefined || task.status !== undefined };
  }
  const wants = (state: JobState) => states === undefined || states.includes(state);
  const { phase, position } = parseCursor(cursor ?? (states?.every(isFinalState) ? 'ended:0' : 'live:0'));
  const to = position + state.pageSize;
  if (phase === 'live') {
    const tasks = [...object.tasks.values()];
    const items = tasks.slice(position, to).filter((task) => !task.status && wants(task.state));
    return { items: items.map(toRow), cursor: to < tasks.length ? `live:${to}` : 'ended:0', end: false };
  }
  const rows = object.rows.slice(position, to);
  // A task that ran again has a later row.
  const items = rows.filter((task, row) => task.row === position + row && wants(task.state));
  const reached = position + rows.length;
  return {
    items: items.map(toRow),
    cursor: `ended:${reached}`,
    end: object.live === 0 && reached === object.rows.length,
  };
}

function toChild(state: BackendState, task: FakeTask): ChildObservation {
  return { child: task.index, status: statusOf(state, task), ...(task.status ? { usage: usageOf(task) } : {}) };
}

function parseCursor(cursor: string): { readonly phase: 'live' | 'ended'; readonly position: number } {
  const match = /^(live|ended):(\d+)$/.exec(cursor);
  if (!match) throw new TypeError(`${JSON.stringify(cursor)} is no cursor of a list of tasks.`);
  return { phase: match[1] as 'live' | 'ended', position: Number(match[2]) };
}
