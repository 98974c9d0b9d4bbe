import type { AnswerOf, ArgumentsOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { onEach } from './fault.ts';
import { unwrapCursor, withCursor, wrapCursor } from './page-cursor.ts';
import { always, type When } from './when.ts';

type PagedMethod = 'listChildren' | 'readLogs' | 'listArtifacts';

const PREFIX = 'empty-page';

/** Nothing on the page, and a cursor that moved all the same: CloudWatch pages like this, and it is not the end. */
export function emptyPage(methods: OneOrMore<PagedMethod>, when: When = always): Fault {
  const inject = async <M extends PagedMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const [ref, query, context] = call.arguments;
    const { count, cursor } = unwrapCursor(PREFIX, query.cursor);
    if (call.hits(when) && !('tailLines' in query)) {
      call.injected('an empty page');
      const next = wrapCursor(PREFIX, { count: count + 1, ...(cursor === undefined ? {} : { cursor }) });
      const page = call.method === 'readLogs' ? { lines: [] } : { items: [] };
      return { ...page, cursor: next, end: false } as unknown as AnswerOf<M>;
    }
    return call.proceed([ref, withCursor(query, cursor), context] as unknown as ArgumentsOf<M>);
  };
  return { name: `empty page (${when.words})`, on: onEach(methods, inject) };
}
