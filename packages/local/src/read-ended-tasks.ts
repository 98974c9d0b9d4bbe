import type { JobRef } from '@scijob/core/adapter';
import type { EndLine } from './end-line.ts';
import type { Home } from './open-home.ts';
import { type PartRecord, parsePartRecord } from './part-record.ts';
import { type PartOfJob, partsOf } from './parts-of.ts';
import { readEndLines } from './read-end-lines.ts';
import { positionOf } from './task-ranges.ts';

export interface EndedTask {
  readonly part: PartOfJob;
  readonly record: PartRecord;
  readonly line: EndLine;
}

export interface EndedTasks {
  readonly tasks: readonly EndedTask[];
  readonly cursor: string;
  /** Every task of the job was handed out, with this page or before. */
  readonly end: boolean;
}

/**
 * The tasks of an array in the order they ended, up to `most` at a time, without those a later submission runs again.
 * The cursor counts the parts read to their end, and the bytes of the next one's `ends`.
 */
export async function readEndedTasks(
  home: Home,
  ref: JobRef,
  cursor: string | undefined,
  most: number,
): Promise<EndedTasks> {
  const parts = partsOf(ref);
  const tasks: EndedTask[] = [];
  let { done, offset } = parseCursor(cursor);
  for (; done < parts.length; done += 1, offset = 0) {
    const part = parts[done];
    const record = part && (await readPartRecord(home, part.token));
    if (!part || !record) break;
    const paths = home.part(part.token);
    // Asked before reading: what is read after the end is all there is.
    const isEnded = (await home.client.status(paths.ended)) !== undefined;
    for await (const piece of readEndLines(home.client, paths.ends, offset)) {
      for (const { line, nextOffset } of piece.lines) {
        if (tasks.length >= most) return { tasks, cursor: `${done}:${offset}`, end: false };
        offset = nextOffset;
        if (positionOf(part.current, line.index) !== undefined) tasks.push({ part, record, line });
      }
      offset = piece.offset;
    }
    if (!isEnded) break;
  }
  return { tasks, cursor: `${done}:${offset}`, end: done >= parts.length };
}

export async function readPartRecord(home: Home, token: string): Promise<PartRecord | undefined> {
  const text = await home.client.readText(home.part(token).record);
  return text === undefined ? undefined : parsePartRecord(text);
}

function parseCursor(cursor: string | undefined): { readonly done: number; readonly offset: number } {
  if (cursor === undefined) return { done: 0, offset: 0 };
  const [, done, offset] = /^(\d+):(\d+)$/.exec(cursor) ?? [];
  if (done === undefined || offset === undefined) {
    throw new TypeError(`${JSON.stringify(cursor)} is no cursor of the local adapter. Pass one that a page carried.`);
  }
  return { done: Number(done), offset: Number(offset) };
}
