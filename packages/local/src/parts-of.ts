import type { JobRef, TaskRange } from '@scijob/core/adapter';
import { withoutTasks } from './task-ranges.ts';

/** One part of a job, with what of it still counts. */
export interface PartOfJob {
  readonly token: string;
  readonly submission: number;
  readonly tasks: readonly TaskRange[];
  /** The tasks that no later submission runs again. */
  readonly current: readonly TaskRange[];
}

/** The parts of a job in the order they were submitted. */
export function partsOf(ref: JobRef): readonly PartOfJob[] {
  const whole: readonly TaskRange[] = [[0, (ref.count ?? 1) - 1]];
  const parts: PartOfJob[] = [];
  let later: TaskRange[] = [];
  for (const submission of ref.submissions.toSorted((a, b) => b.number - a.number)) {
    const own: TaskRange[] = [];
    for (const part of submission.parts.toReversed()) {
      const tasks = part.tasks ?? whole;
      const current = withoutTasks(tasks, later);
      parts.unshift({ token: part.nativeId, submission: submission.number, tasks, current });
      own.push(...tasks);
    }
    later = [...later, ...own];
  }
  return parts;
}

/** The part whose word counts for one task. */
export function currentPart(ref: JobRef, index: number): PartOfJob | undefined {
  return partsOf(ref).findLast((part) => part.current.some(([from, to]) => index >= from && index <= to));
}
