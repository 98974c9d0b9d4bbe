import type { JobRef, LogPage, LogQuery } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import type { NativeObject, StoredLine } from './native-object.ts';

/** What was printed, a page at a time, of one task or of all in the order it came. */
export function readLogs(
  state: BackendState,
  object: NativeObject,
  ref: JobRef,
  { child = ref.child, attempt, cursor, tailLines }: LogQuery,
): LogPage {
  if (state.capabilities.logs === 'none') return { lines: [], cursor: cursor ?? '0', end: true };
  const task = child === undefined || !object.isArray ? undefined : object.tasks.get(Number(child));
  if (object.isArray && child !== undefined && !task) {
    throw new RangeError(`The job ${JSON.stringify(ref.key)} has no task ${child} in this part.`);
  }
  const all = task ? task.lines : object.lines;
  const wants = (line: StoredLine) => attempt === undefined || line.attempt === attempt;
  const from = cursor === undefined && tailLines !== undefined ? tailStart(all, tailLines, wants) : toPosition(cursor);
  const to = Math.min(all.length, tailLines === undefined ? from + state.pageSize : all.length);
  const lines: LogPage['lines'][number][] = [];
  for (let at = from; at < to; at += 1) {
    const line = all[at];
    if (line && wants(line)) lines.push(toLine(line, at, object.isArray));
  }
  const isOver = task ? task.status !== undefined : object.live === 0;
  return { lines, cursor: String(Math.max(from, to)), end: isOver && to >= all.length };
}

function toLine({ index, ...line }: StoredLine, at: number, isArray: boolean) {
  return { ...line, cursor: String(at + 1), ...(isArray ? { child: index } : {}) };
}

/** Where the last `count` lines begin. */
function tailStart(all: readonly StoredLine[], count: number, wants: (line: StoredLine) => boolean): number {
  let from = all.length;
  for (let left = count; from > 0 && left > 0; from -= 1) {
    const line = all[from - 1];
    if (line && wants(line)) left -= 1;
  }
  return from;
}

function toPosition(cursor: string | undefined): number {
  const position = Number(cursor ?? 0);
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new TypeError(`${JSON.stringify(cursor)} is no cursor of a log.`);
}
