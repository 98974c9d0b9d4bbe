import type { Attempt } from '@scijob/core/adapter';
import type { PartOfJob } from '../parts-of.ts';
import { countTasks, indexAt, positionOf } from '../task-ranges.ts';

/** One task of one submission, with all its attempts: something that writes logs. */
export interface LogSource {
  readonly part: PartOfJob;
  readonly index: number;
  /** Its place among the part's tasks, which start in this order. */
  readonly position: number;
}

interface Stretch {
  readonly part: PartOfJob;
  readonly first: number;
  readonly count: number;
  readonly position: number;
}

/** The tasks a query means, by number, in the order they start; never all at once in memory. */
export class LogSources {
  readonly count: number;
  readonly #stretches: readonly Stretch[];

  constructor(parts: readonly PartOfJob[], query: { readonly index?: number; readonly attempt?: Attempt }) {
    let first = 0;
    const stretches: Stretch[] = [];
    for (const part of parts) {
      if (query.attempt !== undefined && part.submission !== Number.parseInt(query.attempt, 10)) continue;
      const position = query.index === undefined ? 0 : positionOf(part.tasks, query.index);
      if (position === undefined) continue;
      const count = query.index === undefined ? countTasks(part.tasks) : 1;
      stretches.push({ part, first, count, position });
      first += count;
    }
    this.#stretches = stretches;
    this.count = first;
  }

  at(number: number): LogSource | undefined {
    const found = this.#stretches.find(({ first, count }) => number >= first && number < first + count);
    if (!found) return undefined;
    const position = found.position + number - found.first;
    const index = indexAt(found.part.tasks, position);
    return index === undefined ? undefined : { part: found.part, index, position };
  }
}
