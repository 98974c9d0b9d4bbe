import type { TaskRange } from '../ids/job-ref.ts';
import { countTasks, firstTasks } from '../ids/task-ranges.ts';

export interface CutLimits {
  /** The most items one native array may have. */
  readonly itemsPerPart: number;
  /** How many tasks may be alive at once, and how many are. */
  readonly window?: number;
  readonly alive: number;
  /** Whether more tasks will be ready later: then a part may wait to be worth sending. */
  readonly isMoreToCome: boolean;
  /** Number of items of the whole array. */
  readonly count: number;
}

/** The parts of an array that can all be sent at once. */
export function cutTasks(tasks: readonly TaskRange[], itemsPerPart: number): readonly (readonly TaskRange[])[] {
  const parts: (readonly TaskRange[])[] = [];
  let part: TaskRange[] = [];
  let room = itemsPerPart;
  for (const [from, to] of tasks) {
    for (let at = from; at <= to; ) {
      const end = Math.min(to, at + room - 1);
      part.push([at, end]);
      room -= end - at + 1;
      at = end + 1;
      if (room > 0) continue;
      parts.push(part);
      part = [];
      room = itemsPerPart;
    }
  }
  return part.length > 0 ? [...parts, part] : parts;
}

/** A window is filled again when a quarter of it is free, and tasks that become ready one by one are gathered: else each would be a native array. */
const WINDOW_SHARES = 4;
const GATHERED_SHARES = 100;

/** The tasks to send next as one part; none when there is no room, or when it is better to wait for more. */
export function nextTasks(ready: readonly TaskRange[], limits: CutLimits): readonly TaskRange[] {
  const { itemsPerPart, window, alive, isMoreToCome, count } = limits;
  const available = countTasks(ready);
  const size = Math.min(available, itemsPerPart, window === undefined ? available : Math.max(0, window - alive));
  if (size === 0) return [];
  const worthSending = Math.min(
    window === undefined ? available : Math.min(available, Math.ceil(window / WINDOW_SHARES)),
    itemsPerPart,
  );
  const gathered = isMoreToCome && alive > 0 ? Math.ceil(count / GATHERED_SHARES) : 1;
  return size < worthSending || available < gathered ? [] : firstTasks(ready, size);
}
