import type { Page } from '@scijob/core/adapter';
import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

/** Among the rows of an answer is one of which nothing can be made. The others are true. */
export function unreadableRow(
  methods: OneOrMore<'observe' | 'listChildren' | 'listArtifacts'>,
  when: When = always,
): Fault {
  const list = async <M extends 'listChildren' | 'listArtifacts'>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const page = (await call.proceed()) as Page<unknown>;
    if (page.items.length === 0 || !call.hits(when)) return page as AnswerOf<M>;
    const place = pick(call.random, page.items.length + 1);
    call.injected(`row ${place} of ${page.items.length + 1}`);
    return { ...page, items: page.items.toSpliced(place, 0, {}) } as unknown as AnswerOf<M>;
  };
  const observe = async (call: FaultyCall<'observe'>): Promise<AnswerOf<'observe'>> => {
    const sweep = await call.proceed();
    if (sweep.seen.length === 0 || !call.hits(when)) return sweep;
    const place = pick(call.random, sweep.seen.length + 1);
    call.injected(`row ${place} of ${sweep.seen.length + 1}`);
    return { ...sweep, seen: sweep.seen.toSpliced(place, 0, {} as never) };
  };
  const table = { observe, listChildren: list, listArtifacts: list };
  return {
    name: `unreadable row (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}
