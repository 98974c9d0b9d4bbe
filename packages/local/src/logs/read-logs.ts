import type { JobRef, LogPage, LogQuery } from '@scijob/core/adapter';
import type { Home } from '../open-home.ts';
import { partsOf } from '../parts-of.ts';
import {
  formatLogCursor,
  formatOpenLog,
  LOG_START,
  type LogCursor,
  type OpenLog,
  parseLogCursor,
} from './log-cursor.ts';
import type { LogFile } from './log-files.ts';
import { LogPlaces } from './log-places.ts';
import { type LogSource, LogSources } from './log-sources.ts';
import { splitLines } from './split-lines.ts';
import { toTailCursor } from './to-tail-cursor.ts';

/** So many tasks are followed at once; the next is begun when one of them has ended. */
const MAX_OPEN = 128;
/** A page looks at no more tasks than this, however silent they are. */
const MAX_LOOKS = 100_000;
const LOOKS_PER_TURN = 64;
const FILE_BYTES = 128 * 1_024;
const PAGE_BYTES = 256 * 1_024;

type Line = LogPage['lines'][number];

/**
 * The next lines of a job: of a task by file, of many in the order they start. A page goes once around what is open, and
 * each source that was read goes to the end of the row, so that a talkative one holds up nobody.
 */
export async function readLogs(home: Home, ref: JobRef, query: LogQuery): Promise<LogPage> {
  const reader = new LogReader(home, ref, query);
  if (query.cursor !== undefined) return reader.read(parseLogCursor(query.cursor));
  if (query.tailLines === undefined) return reader.read(LOG_START);
  const page = await reader.read(await toTailCursor(home.client, reader.sources, reader.places, query.tailLines));
  return { ...page, lines: page.lines.slice(-query.tailLines) };
}

class LogReader {
  readonly sources: LogSources;
  readonly places: LogPlaces;
  readonly #home: Home;
  readonly #showsIndex: boolean;
  readonly #lines: Line[] = [];
  readonly #gaps: string[] = [];
  #leftBytes = PAGE_BYTES;

  constructor(home: Home, ref: JobRef, query: LogQuery) {
    const isArray = ref.count !== undefined;
    const child = typeof query.child === 'string' ? Number(query.child) : query.child;
    const index = isArray ? (ref.child ?? child) : undefined;
    this.#home = home;
    this.#showsIndex = isArray && ref.child === undefined;
    // The ranks of a task of an array have no name of their own in a query.
    const rank = isArray ? undefined : child;
    this.places = new LogPlaces(home, {
      ...(rank !== undefined && { rank }),
      ...(query.attempt !== undefined && { attempt: query.attempt }),
    });
    this.sources = new LogSources(partsOf(ref), {
      ...(index !== undefined && { index }),
      ...(query.attempt !== undefined && { attempt: query.attempt }),
    });
  }

  async read(from: LogCursor): Promise<LogPage> {
    let { next, open } = from;
    const readOne = async (one: OpenLog) => {
      const source = this.sources.at(one.source);
      const others = open.filter((other) => other.source !== one.source);
      const left = source && (await this.#readSource(source, one, next, others));
      open = left ? [...others, left] : others;
    };
    for (const one of from.open) {
      if (this.#leftBytes <= 0) break;
      await readOne(one);
    }
    for (let looked = 1; this.#leftBytes > 0 && open.length < MAX_OPEN && looked < MAX_LOOKS; looked += 1) {
      // Silent tasks are read without anything to wait for: whatever else this process does gets its turn.
      if (looked % LOOKS_PER_TURN === 0) await new Promise(setImmediate);
      const source = this.sources.at(next);
      const state = source && (await this.places.state(source));
      if (!source || state === 'waiting') break;
      next += 1;
      if (state === 'begun') await readOne({ source: next - 1, offsets: [] });
    }
    const hasGap = this.#gaps.length > 0;
    return {
      lines: this.#lines,
      cursor: formatLogCursor({ next, open }),
      end: next >= this.sources.count && open.length === 0,
      ...(hasGap && { gap: this.#gaps.join(' ') }),
    };
  }

  /** What of the source is still to be read, or `undefined` when that was all. */
  async #readSource(
    source: LogSource,
    from: OpenLog,
    next: number,
    others: readonly OpenLog[],
  ): Promise<OpenLog | undefined> {
    // Asked before reading: what is read after the end is all there is, and no attempt comes after it.
    const hasEnded = await this.places.hasEnded(source);
    const files = await this.places.files(source);
    const newest = files.at(-1)?.attempt;
    const offsets = files.map((_file, at) => from.offsets[at] ?? 0);
    const before = formatLogCursor({ next, open: others });
    let isDrained = hasEnded;
    let isBehind = false;
    for (const [at, file] of files.entries()) {
      // An attempt is shown when those before it were shown to their end.
      if (isBehind && file.attempt !== files[at - 1]?.attempt) {
        isDrained = false;
        break;
      }
      const isOver = hasEnded || file.attempt !== newest;
      const isAll = await this.#readFile(source, file, isOver, offsets[at] ?? 0, (offset) => {
        offsets[at] = offset;
        return `${before}${formatOpenLog({ source: from.source, offsets })}`;
      });
      isDrained &&= isAll;
      isBehind ||= !isAll;
    }
    return isDrained ? undefined : { source: from.source, offsets };
  }

  /** Delivers the whole lines behind `offset`; true when nothing was left. */
  async #readFile(
    source: LogSource,
    file: LogFile,
    hasEnded: boolean,
    offset: number,
    advance: (offset: number) => string,
  ): Promise<boolean> {
    let from = offset;
    let piece = await this.#home.client.readBytes(file.path, from, FILE_BYTES);
    if (piece && piece.sizeBytes < from) {
      this.#gaps.push(
        `${file.stream} of task ${source.index} was cut to ${piece.sizeBytes} bytes after ${from} had been read.`,
      );
      from = 0;
      advance(from);
      piece = await this.#home.client.readBytes(file.path, from, FILE_BYTES);
    }
    if (!piece) return true;
    this.#leftBytes -= piece.bytes.length;
    const isAll = from + piece.bytes.length >= piece.sizeBytes;
    for (const line of splitLines(piece.bytes, hasEnded && isAll)) {
      const child = this.#showsIndex ? source.index : file.rank;
      this.#lines.push({
        text: line.text,
        stream: file.stream,
        attempt: file.attempt,
        cursor: advance(from + line.endBytes),
        ...(child !== undefined && { child }),
      });
    }
    return isAll;
  }
}
