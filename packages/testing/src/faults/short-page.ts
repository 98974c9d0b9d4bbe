import type { Page } from '@scijob/core/adapter';
import type { AnswerOf, ArgumentsOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { unwrapCursor, withCursor, wrapCursor } from './page-cursor.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

const PREFIX = 'short-page';

/**
 * Fewer rows than there are, at most `rows`, with a cursor that goes on behind them: as a backend pages that limits its
 * answers by size. For rows that are only ever added, as ended children, artifacts and log lines are.
 */
export function shortPage(
  methods: OneOrMore<'listChildren' | 'readLogs' | 'listArtifacts'>,
  when: When = always,
  {
    rows,
  }: {
    /** At least 1. @default chosen for each page, from one to all but one */
    readonly rows?: number;
  } = {},
): Fault {
  const kept = (random: () => number, count: number) => Math.min(rows ?? 1 + pick(random, count - 1), count);
  const list = async <M extends 'listChildren' | 'listArtifacts'>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const [ref, query, context] = call.arguments;
    const { count: skip, cursor } = unwrapCursor(PREFIX, query.cursor);
    const given = [ref, withCursor(query, cursor), context] as unknown as ArgumentsOf<M>;
    const page = (await call.proceed(given)) as Page<unknown>;
    // A replica behind this fault may lag: what was shown already is not there yet.
    if (page.items.length < skip) return { items: [], cursor: query.cursor, end: false } as unknown as AnswerOf<M>;
    const items = page.items.slice(skip);
    if (items.length < 2 || !call.hits(when)) return { ...page, items } as AnswerOf<M>;
    const keep = kept(call.random, items.length);
    if (keep === items.length) return { ...page, items } as AnswerOf<M>;
    call.injected(`${keep} of ${items.length} rows`);
    const next = wrapCursor(PREFIX, { count: skip + keep, ...(cursor === undefined ? {} : { cursor }) });
    return { items: items.slice(0, keep), cursor: next, end: false } as unknown as AnswerOf<M>;
  };
  const readLogs = async (call: FaultyCall<'readLogs'>): Promise<AnswerOf<'readLogs'>> => {
    const page = await call.proceed();
    // Each line has a cursor, so that there is nothing to make up; the last lines are not read page by page.
    if (page.lines.length < 2 || call.arguments[1].tailLines !== undefined || !call.hits(when)) return page;
    const lines = page.lines.slice(0, kept(call.random, page.lines.length));
    if (lines.length === page.lines.length) return page;
    call.injected(`${lines.length} of ${page.lines.length} lines`);
    return { ...page, lines, cursor: lines.at(-1)?.cursor ?? page.cursor, end: false };
  };
  const table = { listChildren: list, listArtifacts: list, readLogs };
  return {
    name: `short page (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}
