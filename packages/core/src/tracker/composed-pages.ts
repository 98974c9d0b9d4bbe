/** One of several lists that are read as one. */
export interface PageSource<Page extends SourcePage> {
  /** The same in every process, for ever. */
  readonly id: string;
  /** Not yet to be read: what it holds may still be taken back. */
  readonly isReady: boolean;
  read(cursor: string | undefined): Promise<Page>;
}

export interface SourcePage {
  readonly cursor?: string;
  readonly end: boolean;
  readonly count: number;
}

/** How far each source was read: finished ones in a row as a number, the others by name. Plain JSON, opaque to everybody else. */
interface Positions {
  /** So many sources from the first are finished. */
  readonly done: number;
  readonly at: { readonly [id: string]: string };
  readonly ended: readonly string[];
}

export interface ComposedPage<Page> {
  readonly page: Page | undefined;
  readonly cursor: string;
  readonly end: boolean;
  /** The cursor of everything so far, with this source at `cursor`. */
  at(cursor: string): string;
}

/**
 * The next page out of many sources, in their order: of the first that has something to say. It ends when every source has
 * ended and no other can come.
 */
export async function readComposed<Page extends SourcePage>(
  sources: readonly PageSource<Page>[],
  cursor: string | undefined,
  isComplete: boolean,
): Promise<ComposedPage<Page>> {
  let positions = parsePositions(cursor, sources[0]?.id);
  let allEnded = true;
  for (const [index, source] of sources.entries()) {
    if (index < positions.done || positions.ended.includes(source.id)) continue;
    if (!source.isReady) {
      allEnded = false;
      continue;
    }
    const before = positions;
    const page = await source.read(positions.at[source.id]);
    positions = page.end ? ended(positions, source.id, sources) : moved(positions, source.id, page.cursor);
    allEnded &&= page.end;
    if (page.count === 0) continue;
    const last = index === sources.length - 1;
    return {
      page,
      cursor: JSON.stringify(positions),
      end: last && allEnded && isComplete,
      at: (line) => JSON.stringify(moved(before, source.id, line)),
    };
  }
  const text = JSON.stringify(positions);
  return { page: undefined, cursor: text, end: allEnded && isComplete, at: () => text };
}

function moved(positions: Positions, id: string, cursor: string | undefined): Positions {
  return cursor === undefined ? positions : { ...positions, at: { ...positions.at, [id]: cursor } };
}

function ended(positions: Positions, id: string, sources: readonly { readonly id: string }[]): Positions {
  const { [id]: _at, ...at } = positions.at;
  let { done } = positions;
  const names = new Set([...positions.ended, id]);
  for (let name = sources[done]?.id; name !== undefined && names.delete(name); name = sources[done]?.id) done += 1;
  return { done, at, ended: [...names] };
}

/** A cursor from when the job had one part only stands for a place in that part. */
function parsePositions(cursor: string | undefined, first: string | undefined): Positions {
  if (cursor === undefined || cursor === '') return { done: 0, at: {}, ended: [] };
  try {
    const value = JSON.parse(cursor) as Partial<Positions> | null;
    if (Number.isSafeInteger(value?.done) && typeof value?.at === 'object' && Array.isArray(value.ended))
      return value as Positions;
  } catch {
    // Not one of ours.
  }
  return { done: 0, at: first === undefined ? {} : { [first]: cursor }, ended: [] };
}
