import { CHAPTERS } from './behaviour-list.ts';
import { withBench } from './bench/with-bench.ts';
import { type ConformanceCount, createCount, formatCount } from './conformance-count.ts';
import type { ConformanceRunner } from './runner.ts';
import { judgeAll } from './select-behaviours.ts';
import type { ConformanceSubject, ConformanceWorld } from './subject.ts';

export interface ConformanceOptions {
  /** Only the behaviours with these ids: to look at one that fails. @default all */
  readonly only?: readonly string[];
  /** Where the one line goes that says how many ran. @default console.log */
  readonly print?: (line: string) => void;
}

/**
 * The contract of adapters, one test per behaviour, each on an adapter and a backend of its own. Which behaviours are asked
 * is decided by `capabilities` alone: what is on must work, what is off must be refused by name.
 *
 * Each behaviour ends by itself or fails; give the runner a time limit above `patienceSeconds`. Behaviours do not know of each
 * other: where the backend bears it, hand in a concurrent `it`, and then `after`, too.
 *
 * @returns what ran, kept up to date while it runs: compare it with an agreed count in a test of your own, after this
 * @example
 * conformance(
 *   { name: 'mine', capabilities: createMine({}).capabilities, create: () => aWorld() },
 *   { describe, it, after: afterAll },
 * );
 */
export function conformance<World extends ConformanceWorld>(
  subject: ConformanceSubject<World>,
  { describe, it, after }: ConformanceRunner,
  { only, print = (line) => console.log(line) }: ConformanceOptions = {},
): ConformanceCount {
  const judged = judgeAll(CHAPTERS, subject).filter(({ behaviour }) => only?.includes(behaviour.id) ?? true);
  const count = createCount(judged);
  describe(`${subject.name} keeps the contract of adapters`, () => {
    for (const { name } of CHAPTERS) {
      const own = judged.filter(({ chapter, verdict }) => chapter === name && verdict.type === 'runs');
      if (own.length === 0) continue;
      describe(name, () => {
        for (const { behaviour } of own) {
          it(`${behaviour.title} [${behaviour.id}: ${behaviour.rule}]`, async () => {
            await withBench(subject, behaviour);
            count.pass(behaviour);
          });
        }
      });
    }
    const tell = () => print(formatCount(subject.name, count));
    if (after) after(tell);
    else it('says how many behaviours ran, and which did not and why', async () => tell());
  });
  return count;
}
