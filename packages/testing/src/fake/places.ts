import type { FakeTask, NativeObject } from './native-object.ts';

/** The places that `maxConcurrent` allows: who has one, and who waits for one in which phase. */
export class Places {
  /** While it is, nobody gets a place. */
  isPaused = false;

  /** `false` when there is none: the task then stands in line. */
  take(task: FakeTask, phase: number): boolean {
    const { object } = task;
    if (task.hasPlace) return true;
    if (!this.#isFree(object)) {
      object.waiting.push({ task, version: task.version, phase });
      return false;
    }
    object.occupied += 1;
    task.hasPlace = true;
    return true;
  }

  giveUp(task: FakeTask): void {
    if (task.hasPlace) task.object.occupied -= 1;
    task.hasPlace = false;
  }

  /** The next item of the same native task runs in the same place. */
  handOn(task: FakeTask, next: FakeTask): void {
    next.hasPlace = task.hasPlace;
    task.hasPlace = false;
  }

  /** Who is next in line, if there is a place. */
  next(object: NativeObject): { readonly task: FakeTask; readonly phase: number } | undefined {
    while (this.#isFree(object)) {
      const next = object.waiting[object.waitingFrom];
      if (next === undefined) {
        object.waiting.length = 0;
        object.waitingFrom = 0;
        return undefined;
      }
      object.waitingFrom += 1;
      // One that changed since does not wait any more, or elsewhere in the line.
      if (next.task.version === next.version) return next;
    }
    return undefined;
  }

  #isFree({ occupied, maxConcurrent }: NativeObject): boolean {
    return !this.isPaused && occupied < maxConcurrent;
  }
}
