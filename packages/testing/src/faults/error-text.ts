import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { onEach } from './fault.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

type ListingMethod = 'submit' | 'find' | 'observe' | 'listChildren' | 'readLogs' | 'listArtifacts';

/** What backends and the programs in front of them print where an answer should be. */
const TEXTS: readonly unknown[] = [
  'slurm_load_jobs error: Socket timed out on send/recv operation',
  '<html><body>503 Service Unavailable</body></html>',
  '',
  undefined,
  null,
  {},
];

/**
 * Something that is no answer at all, given as if it were one; each time another, unless `text` says which. What was
 * asked was done all the same: only its answer cannot be read.
 */
export function errorText(
  methods: OneOrMore<ListingMethod>,
  when: When = always,
  options: {
    readonly text?: unknown;
  } = {},
): Fault {
  return {
    name: `error text (${when.words})`,
    on: onEach(methods, async <M extends ListingMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
      if (!call.hits(when)) return call.proceed();
      await call.proceed();
      const given = 'text' in options ? options.text : TEXTS[pick(call.random, TEXTS.length)];
      call.injected(`${JSON.stringify(given)} for an answer`);
      return given as AnswerOf<M>;
    }),
  };
}
