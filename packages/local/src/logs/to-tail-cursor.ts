import type { LocalClient } from '../local-client.ts';
import type { LogCursor, OpenLog } from './log-cursor.ts';
import type { LogPlaces } from './log-places.ts';
import type { LogSources } from './log-sources.ts';

/** Of an array, the last lines are looked for in so many of the tasks begun last. */
const MAX_SOURCES = 16;
const CHUNK_BYTES = 64 * 1_024;
const MAX_BYTES = 256 * 1_024;
const LINE_END = 10;

/** Where to begin so that each log gives about its last `lines` lines. */
export async function toTailCursor(
  client: LocalClient,
  sources: LogSources,
  places: LogPlaces,
  lines: number,
): Promise<LogCursor> {
  const next = await findNext(sources, places);
  const open: OpenLog[] = [];
  for (let number = Math.max(0, next - MAX_SOURCES); number < next; number += 1) {
    const source = sources.at(number);
    if (!source || (await places.state(source)) !== 'begun') continue;
    const files = await places.files(source);
    const offsets = await Promise.all(files.map((file) => findTail(client, file.path, lines)));
    open.push({ source: number, offsets });
  }
  return { next, open };
}

/** The number of the first source that has not begun: they begin in order, so halving finds it. */
async function findNext(sources: LogSources, places: LogPlaces): Promise<number> {
  let begun = 0;
  let waiting = sources.count;
  while (begun < waiting) {
    const middle = Math.floor((begun + waiting) / 2);
    const source = sources.at(middle);
    if (source && (await places.state(source)) !== 'waiting') begun = middle + 1;
    else waiting = middle;
  }
  return begun;
}

/** Where the last `lines` lines of a file begin, looked for in its last quarter of a MiB. */
async function findTail(client: LocalClient, path: string, lines: number): Promise<number> {
  const sizeBytes = (await client.status(path))?.sizeBytes ?? 0;
  let found = -1;
  for (let end = sizeBytes; end > 0 && sizeBytes - end < MAX_BYTES; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const piece = await client.readBytes(path, start, end - start);
    if (!piece) return 0;
    for (let at = piece.bytes.length - 1; at >= 0; at -= 1) {
      // The line end of the very last line ends no line before it.
      if (piece.bytes[at] !== LINE_END || start + at === sizeBytes - 1) continue;
      found += 1;
      if (found === lines - 1) return start + at + 1;
    }
    end = start;
  }
  return Math.max(0, sizeBytes - MAX_BYTES);
}
