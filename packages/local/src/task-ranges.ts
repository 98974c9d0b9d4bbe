import type { TaskRange } from '@scijob/core/adapter';

/** How many indices the ranges hold. */
export function countTasks(ranges: readonly TaskRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** The index at `position` when all indices are put in a row, or `undefined` behind the last. */
export function indexAt(ranges: readonly TaskRange[], position: number): number | undefined {
  let left = position;
  for (const [from, to] of ranges) {
    const size = to - from + 1;
    if (left < size) return from + left;
    left -= size;
  }
  return undefined;
}

/** The opposite of `indexAt`. */
export function positionOf(ranges: readonly TaskRange[], index: number): number | undefined {
  let before = 0;
  for (const [from, to] of ranges) {
    if (index >= from && index <= to) return before + index - from;
    before += to - from + 1;
  }
  return undefined;
}

/** What is in `ranges` but not in `taken`. */
export function withoutTasks(ranges: readonly TaskRange[], taken: readonly TaskRange[]): readonly TaskRange[] {
  let left: readonly TaskRange[] = ranges;
  for (const [takenFrom, takenTo] of taken) {
    left = left.flatMap(([from, to]): readonly TaskRange[] => {
      if (takenTo < from || takenFrom > to) return [[from, to]];
      const rest: TaskRange[] = [];
      if (from < takenFrom) rest.push([from, takenFrom - 1]);
      if (to > takenTo) rest.push([takenTo + 1, to]);
      return rest;
    });
  }
  return left;
}
