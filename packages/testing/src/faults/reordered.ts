import type { Page } from '@scijob/core/adapter';
import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { shuffled } from './seeded-random.ts';
import { always, type When } from './when.ts';

/**
 * Rows in another order: a sweep's, or those of one page. Outcomes of plural methods and log lines keep theirs: their
 * order is part of what they say.
 */
export function reordered(
  methods: OneOrMore<'observe' | 'listChildren' | 'listArtifacts'>,
  when: When = always,
): Fault {
  const list = async <M extends 'listChildren' | 'listArtifacts'>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const page = (await call.proceed()) as Page<unknown>;
    if (page.items.length < 2 || !call.hits(when)) return page as AnswerOf<M>;
    call.injected(`${page.items.length} rows`);
    return { ...page, items: shuffled(page.items, call.random) } as unknown as AnswerOf<M>;
  };
  const observe = async (call: FaultyCall<'observe'>): Promise<AnswerOf<'observe'>> => {
    const sweep = await call.proceed();
    if (sweep.covered.length < 2 || !call.hits(when)) return sweep;
    call.injected(`${sweep.seen.length} rows`);
    return { covered: shuffled(sweep.covered, call.random), seen: shuffled(sweep.seen, call.random) };
  };
  const table = { observe, listChildren: list, listArtifacts: list };
  return {
    name: `reordered (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}
