import type { Page } from '@scijob/core/adapter';
import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { always, type When } from './when.ts';

/**
 * Rows that come twice: within an answer, and, of pages, the last row of one again as the first of the next, as lists
 * do that change while they are read. Each such row has an identity: its ref, its child, its child and path.
 */
export function duplicated(
  methods: OneOrMore<'observe' | 'listChildren' | 'listArtifacts'>,
  when: When = always,
): Fault {
  const lastRows = new Map<string, unknown>();
  const list = async <M extends 'listChildren' | 'listArtifacts'>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const [ref, query] = call.arguments;
    const nameOf = (cursor: string | undefined) => `${call.method} ${ref.key} ${JSON.stringify({ ...query, cursor })}`;
    const page = (await call.proceed()) as Page<unknown>;
    const last = page.items.at(-1);
    if (last !== undefined && page.cursor !== undefined) lastRows.set(nameOf(page.cursor), last);
    const before = lastRows.get(nameOf(query.cursor));
    if (page.items.length === 0 || !call.hits(when)) return page as AnswerOf<M>;
    const items = [...(before === undefined ? [] : [before]), ...page.items.flatMap((row) => [row, row])];
    call.injected(`${items.length} rows for ${page.items.length}`);
    return { ...page, items } as unknown as AnswerOf<M>;
  };
  const observe = async (call: FaultyCall<'observe'>): Promise<AnswerOf<'observe'>> => {
    const sweep = await call.proceed();
    if (sweep.covered.length === 0 || !call.hits(when)) return sweep;
    call.injected(`${sweep.seen.length} rows twice`);
    return { covered: [...sweep.covered, ...sweep.covered], seen: [...sweep.seen, ...sweep.seen] };
  };
  const table = { observe, listChildren: list, listArtifacts: list };
  return {
    name: `duplicated (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}
