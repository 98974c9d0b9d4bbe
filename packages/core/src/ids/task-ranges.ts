import type { TaskRange } from './job-ref.ts';

/** How many indexes the ranges hold. */
export function countTasks(ranges: readonly TaskRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** Of ranges in ascending order, as all that are recorded are. */
export function hasTask(ranges: readonly TaskRange[], index: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from = 0, to = 0] = ranges[middle] ?? [];
    if (index < from) high = middle - 1;
    else if (index > to) low = middle + 1;
    else return true;
  }
  return false;
}

/** What is in `ranges` but not in `taken`. */
export function withoutTasks(ranges: readonly TaskRange[], taken: readonly TaskRange[]): readonly TaskRange[] {
  if (ranges.length === 0 || taken.length === 0) return ranges;
  const cut = unionOfTasks(taken);
  const left: TaskRange[] = [];
  let at = 0;
  for (const [from, to] of unionOfTasks(ranges)) {
    let next = from;
    while (at < cut.length && (cut[at]?.[1] ?? 0) < next) at += 1;
    for (let look = at; look < cut.length; look += 1) {
      const [takenFrom, takenTo] = cut[look] ?? [0, 0];
      if (takenFrom > to) break;
      if (takenFrom > next) left.push([next, takenFrom - 1]);
      next = Math.max(next, takenTo + 1);
    }
    if (next <= to) left.push([next, to]);
  }
  return left;
}

/** What is in both. */
export function commonTasks(a: readonly TaskRange[], b: readonly TaskRange[]): readonly TaskRange[] {
  return withoutTasks(a, withoutTasks(a, b));
}

/** All of them, sorted, with no two that touch. */
export function unionOfTasks(ranges: readonly TaskRange[]): readonly TaskRange[] {
  const sorted = ranges.toSorted(([a], [b]) => a - b);
  const union: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = union.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else union.push([from, to]);
  }
  return union;
}

/** The first `count` indexes. */
export function firstTasks(ranges: readonly TaskRange[], count: number): readonly TaskRange[] {
  const first: TaskRange[] = [];
  let left = count;
  for (const [from, to] of ranges) {
    if (left <= 0) break;
    const end = Math.min(to, from + left - 1);
    first.push([from, end]);
    left -= end - from + 1;
  }
  return first;
}

export function* eachTask(ranges: readonly TaskRange[]): Generator<number> {
  for (const [from, to] of ranges) for (let index = from; index <= to; index += 1) yield index;
}

export function rangesOf(indexes: Iterable<number>): readonly TaskRange[] {
  return unionOfTasks([...indexes].map((index) => [index, index]));
}
