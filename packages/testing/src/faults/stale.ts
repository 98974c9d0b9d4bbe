import type { JobRef, Observation } from '@scijob/core/adapter';
import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

type PagedMethod = 'listChildren' | 'readLogs' | 'listArtifacts';

/** Only so many earlier answers are remembered for each question. */
const MEMORY = 8;

/**
 * A replica that lags behind: the answer is one that was given earlier *to the same question*: the same ref; of pages
 * also the same cursor and filter. Now and then it is older than one already seen. An earlier answer to another question
 * would be a lie no caller can see through: see the table in this folder's README.
 */
export function stale(methods: OneOrMore<'observe' | PagedMethod>, when: When = always): Fault {
  const pages = new Map<string, unknown[]>();
  const rows = new Map<string, Observation[]>();
  const page = async <M extends PagedMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const [ref, query] = call.arguments;
    const question = `${call.method} ${nameOf(ref)} ${JSON.stringify(query)}`;
    const before = pages.get(question) ?? [];
    if (before.length > 0 && call.hits(when)) {
      call.injected('an earlier answer to the same question');
      return before[pick(call.random, before.length)] as AnswerOf<M>;
    }
    const answer = await call.proceed();
    pages.set(question, remember(before, answer));
    return answer;
  };
  const observe = async (call: FaultyCall<'observe'>): Promise<AnswerOf<'observe'>> => {
    const sweep = await call.proceed();
    let replaced = 0;
    const isHit = call.hits(when);
    const seen = sweep.seen.map((row) => {
      const before = rows.get(nameOf(row.ref)) ?? [];
      rows.set(nameOf(row.ref), remember(before, row));
      const earlier = isHit ? before[pick(call.random, before.length)] : undefined;
      if (earlier) replaced += 1;
      return earlier ?? row;
    });
    if (replaced > 0) call.injected(`${replaced} of ${seen.length} rows as they were earlier`);
    return { ...sweep, seen };
  };
  const table = { observe, listChildren: page, readLogs: page, listArtifacts: page };
  return {
    name: `stale (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}

function remember<T>(before: readonly T[], answer: T): T[] {
  return [...before, answer].slice(-MEMORY);
}

/** A backend knows a job by its id there. */
function nameOf({ key, child, submissions }: JobRef): string {
  return JSON.stringify([key, child, submissions.flatMap(({ parts }) => parts.map(({ nativeId }) => nativeId))]);
}
