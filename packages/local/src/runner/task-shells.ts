import { toRestart } from '../attempt.ts';
import type { MemoryGroup, MemoryGroups } from './memory-group.ts';
import type { PartRun } from './part-run.ts';
import type { RunningTask } from './running-task.ts';
import type { Worker } from './worker.ts';
import type { Workers } from './workers.ts';

const GIB = 2 ** 30;

export interface TaskShell {
  readonly worker: Worker;
  readonly group: MemoryGroup | undefined;
}

/** The shells that run tasks, each in a cgroup of its own where its task has a limit that the kernel can hold. */
export class TaskShells {
  readonly #workers: Workers;
  readonly #groups: MemoryGroups;
  readonly #oldGroups = new Set<MemoryGroup>();

  constructor(workers: Workers, groups: MemoryGroups) {
    this.#workers = workers;
    this.#groups = groups;
  }

  take(part: PartRun, nativeId: string, attempt: RunningTask['attempt']): TaskShell {
    const limitGiB = part.record.job.resources.memoryGiB;
    const name = toGroupName(nativeId, attempt);
    const group = limitGiB === undefined ? undefined : this.#groups.create(name, limitGiB * GIB);
    if (!group) return { worker: this.#workers.take(), group };
    const worker = this.#workers.takeNew();
    if (worker.pid !== undefined && group.add(worker.pid)) return { worker, group };
    this.leave(group);
    return { worker, group: undefined };
  }

  /** The group an earlier runner made for an attempt. */
  findGroup(nativeId: string, attempt: RunningTask['attempt']): MemoryGroup | undefined {
    return this.#groups.find(toGroupName(nativeId, attempt));
  }

  /** The shell that stood in it may take a moment to go. */
  leave(group: MemoryGroup): void {
    if (!group.remove()) this.#oldGroups.add(group);
  }

  /** Removes what could not be removed at once. */
  sweep(): void {
    for (const group of this.#oldGroups) if (group.remove()) this.#oldGroups.delete(group);
  }
}

/** Each attempt counts what it takes for itself: a group that is not quite gone yet still knows of kills. */
function toGroupName(nativeId: string, attempt: RunningTask['attempt']): string {
  const restart = toRestart(attempt);
  return restart > 0 ? `${nativeId}.${restart}` : nativeId;
}
