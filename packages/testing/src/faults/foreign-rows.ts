import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { always, type When } from './when.ts';

/**
 * Rows nobody asked for: of a job that had the same id years ago under another key, and succeeded; of a child that the
 * array does not have.
 */
export function foreignRows(methods: OneOrMore<'observe' | 'listChildren'>, when: When = always): Fault {
  const observe = async (call: FaultyCall<'observe'>): Promise<AnswerOf<'observe'>> => {
    const sweep = await call.proceed();
    if (sweep.covered.length === 0 || !call.hits(when)) return sweep;
    const foreign = sweep.covered.map((ref) => ({ ...ref, key: `${ref.key} of somebody else` }));
    call.injected(`${foreign.length} rows of other jobs with the same ids`);
    const at = new Date(0);
    const rows = foreign.map((ref) => {
      const status = { state: 'succeeded', attempt: '1.0', at, exitCode: 0 } as const;
      return { ref, status, evidence: { row: 'of another job' } };
    });
    return { covered: [...foreign, ...sweep.covered], seen: [...rows, ...sweep.seen] };
  };
  const listChildren = async (call: FaultyCall<'listChildren'>): Promise<AnswerOf<'listChildren'>> => {
    const page = await call.proceed();
    const [ref] = call.arguments;
    if (!call.hits(when)) return page;
    call.injected('a child that the array does not have');
    const status = { state: 'succeeded', attempt: '1.0', at: new Date(0), exitCode: 0 } as const;
    return { ...page, items: [{ child: (ref.count ?? 0) + 7, status }, ...page.items] };
  };
  const table = { observe, listChildren };
  return {
    name: `foreign rows (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, table[method]])),
  };
}
