import type { AnswerOf, Fault, FaultyCall, OneOrMore } from '../fault.ts';
import { onEach } from '../fault.ts';
import { always, type When } from '../when.ts';

type PagedMethod = 'listChildren' | 'readLogs' | 'listArtifacts';

/** A violation of the contract: an empty page says that nothing more will come, before all has come. */
export function endsEarly(methods: OneOrMore<PagedMethod>, when: When = always): Fault {
  return {
    name: `ends early (${when.words})`,
    on: onEach(methods, async <M extends PagedMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
      if (!call.hits(when)) return call.proceed();
      call.injected('nothing, and the end');
      const rows = call.method === 'readLogs' ? { lines: [] } : { items: [] };
      return { ...rows, cursor: call.arguments[1].cursor ?? '', end: true } as unknown as AnswerOf<M>;
    }),
  };
}
