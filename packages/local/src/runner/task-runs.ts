import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FENCED, toStopRecord } from '@scijob/core/wrapper';
import type { CancelRequest } from '../cancel-request.ts';
import { type EndLine, toEndLine } from '../end-line.ts';
import { isAlive } from '../process-identity.ts';
import { toRecordPath } from '../task-records.ts';
import type { MemoryGroup, MemoryGroups } from './memory-group.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { PartRun } from './part-run.ts';
import type { PoolUsage } from './pool-usage.ts';
import { readRecord } from './read-record.ts';
import type { RunningTask } from './running-task.ts';
import { stageTask } from './stage-task.ts';
import { fence, findEnd, readVerdict, startOf, writeVerdict } from './task-end.ts';
import { isPassing, toStartFailure } from './to-start-failure.ts';
import { tolerant } from './tolerant.ts';
import type { Worker } from './worker.ts';
import { Workers } from './workers.ts';
import { writeStop } from './write-stop.ts';

const GIB = 2 ** 30;

export interface TaskRunsOptions {
  readonly number: number;
  readonly wrapper: string;
  readonly pool: PoolUsage;
  readonly groups: MemoryGroups;
  /** Hears of every part in which a task started or ended. */
  readonly onChanged: (part: PartRun) => void;
}

/** The tasks that run now: started, adopted, stopped, ended. */
export class TaskRuns {
  #number: number;
  readonly #pool: PoolUsage;
  readonly #workers: Workers;
  readonly #groups: MemoryGroups;
  readonly #memory = new MemoryWatch(startOf);
  readonly #tasks = new Set<RunningTask>();
  readonly #oldGroups = new Set<MemoryGroup>();
  readonly #byWorker = new Map<Worker, RunningTask>();
  readonly #onChanged: (part: PartRun) => void;

  constructor({ number, wrapper, pool, groups, onChanged }: TaskRunsOptions) {
    this.#number = number;
    this.#pool = pool;
    this.#groups = groups;
    this.#onChanged = onChanged;
    this.#workers = new Workers(wrapper, {
      onFinished: (worker) => this.#detach(worker, false),
      onGone: (worker) => this.#detach(worker, true),
    });
  }

  /** After a goodbye that was taken back, the same process runs tasks under another number. */
  renumber(number: number): void {
    this.#number = number;
  }

  /** Stages a task and hands it to a shell. What keeps it from starting for good is its end; what passes is thrown. */
  start(part: PartRun, index: number): void {
    const folder = part.taskFolder(index);
    const nativeId = `${part.token}.${index}.${this.#number}`;
    const gpus = this.#pool.take(part.request, part.record.pool);
    const { worker, group } = this.#takeWorker(part, nativeId);
    const task: RunningTask = { part, index, folder, gpus, group, worker };
    this.#add(task);
    try {
      worker.run(this.#stage(task, nativeId));
      this.#byWorker.set(worker, task);
    } catch (error) {
      this.#workers.giveBack(worker);
      this.#release(task);
      if (isPassing(error)) throw error;
      const line = toEndLine(index, toStartFailure(part, error), {});
      writeVerdict(folder, line);
      this.#end(part, line);
    }
  }

  /** Takes over a task that an earlier runner staged. False when nobody ever claimed it: it may be started. */
  adopt(part: PartRun, index: number): boolean {
    const folder = part.taskFolder(index);
    const verdict = readVerdict(folder);
    if (verdict) {
      this.#end(part, verdict);
      return true;
    }
    if (!existsSync(toRecordPath(folder, 'claim'))) return false;
    const claim = tolerant(() => readRecord(folder, 'claim'));
    const request = part.isCancelled(index);
    if (claim?.nativeId === FENCED && request) {
      this.#endCancelled(part, index, request);
      return true;
    }
    const gpus = this.#pool.take(part.request, part.record.pool, readGpus(folder));
    const group = claim ? this.#groups.find(claim.nativeId) : undefined;
    this.#add({ part, index, folder, gpus, group });
    return true;
  }

  /** Asks a running task to end: TERM to its wrapper, which passes it on, and kills after the grace. */
  cancel(part: PartRun, index: number, request: CancelRequest): void {
    for (const task of this.#tasks) {
      if (task.part !== part || task.index !== index || task.isStopping) continue;
      task.isStopping = true;
      const stop = { reason: 'cancelled-by-user', message: `Cancelled: ${request.reason}`, at: new Date() } as const;
      writeStop(task.folder, toStopRecord(stop));
      this.#terminate(task);
    }
  }

  /** Ends a task that waits; if it was claimed after all, it is stopped like any other. */
  cancelWaiting(part: PartRun, index: number, request: CancelRequest): void {
    const folder = part.taskFolder(index);
    if (existsSync(folder) && !fence(folder)) {
      this.adopt(part, index);
      this.cancel(part, index, request);
    } else this.#endCancelled(part, index, request);
  }

  /** What nobody tells us: how the tasks of earlier runners ended, who is gone, who uses too much memory. */
  lookAround(nowMs: number): void {
    for (const task of this.#tasks) if (!task.worker) this.#look(task, nowMs);
    this.#memory.look(this.#tasks, nowMs);
    for (const group of this.#oldGroups) if (group.remove()) this.#oldGroups.delete(group);
  }

  /** Removes cgroups that a runner left which died before it could. */
  clearGroups(hasEnded: (token: string) => boolean): void {
    this.#groups.clear(hasEnded);
  }

  /** Sends shells without a task home. */
  rest(): void {
    this.#workers.retireIdle();
  }

  /** A shell, and the cgroup it stands in where the task has a limit that the kernel can hold. */
  #takeWorker(part: PartRun, nativeId: string): { readonly worker: Worker; readonly group: MemoryGroup | undefined } {
    const limitGiB = part.record.job.resources.memoryGiB;
    const group = limitGiB === undefined ? undefined : this.#groups.create(nativeId, limitGiB * GIB);
    if (!group) return { worker: this.#workers.take(), group };
    const worker = this.#workers.takeNew();
    if (worker.pid !== undefined && group.add(worker.pid)) return { worker, group };
    this.#leaveGroup(group);
    return { worker, group: undefined };
  }

  #stage(task: RunningTask, nativeId: string): string {
    const { part, index, folder, gpus, group } = task;
    const line = part.line(index);
    const argumentFile = stageTask({
      record: part.record,
      paths: part.paths,
      index,
      folder,
      nativeId,
      gpus,
      isOutput: part.isOutput,
      ...(line && { line }),
      ...(group && { memoryPeakFile: group.peakFile }),
    });
    if (gpus.length > 0) writeFileSync(join(folder, 'gpus'), JSON.stringify(gpus), { mode: 0o600 });
    return argumentFile;
  }

  #detach(worker: Worker, isGone: boolean): void {
    const task = this.#byWorker.get(worker);
    this.#byWorker.delete(worker);
    if (isGone) this.#workers.forget(worker);
    else this.#workers.giveBack(worker);
    if (!task) return;
    task.worker = undefined;
    this.#look(task, performance.now());
  }

  #look(task: RunningTask, nowMs: number): void {
    const line = findEnd(task, nowMs);
    if (!line) return;
    this.#release(task);
    this.#end(task.part, line);
  }

  #add(task: RunningTask): void {
    this.#tasks.add(task);
    task.part.running.add(task.index);
    this.#onChanged(task.part);
  }

  #end(part: PartRun, line: EndLine): void {
    part.end(line);
    this.#onChanged(part);
  }

  #release(task: RunningTask): void {
    if (!this.#tasks.delete(task)) return;
    this.#pool.giveBack(task.part.request, task.gpus);
    task.part.running.delete(task.index);
    if (task.group) this.#leaveGroup(task.group);
  }

  /** The shell that stood in it may take a moment to go. */
  #leaveGroup(group: MemoryGroup): void {
    if (!group.remove()) this.#oldGroups.add(group);
  }

  #terminate(task: RunningTask): void {
    if (task.worker) {
      task.worker.terminate();
      return;
    }
    const wrapper = startOf(task)?.process ?? tolerant(() => readRecord(task.folder, 'claim'))?.process;
    if (wrapper && isAlive(wrapper)) process.kill(wrapper.pid, 'SIGTERM');
  }

  #endCancelled(part: PartRun, index: number, request: CancelRequest): void {
    const line = toEndLine(
      index,
      {
        attempt: `${part.record.key.submission}.0`,
        at: new Date(),
        state: 'cancelled',
        reason: 'cancelled-by-user',
        message: `Cancelled before it started: ${request.reason}`,
      },
      {},
    );
    writeVerdict(part.taskFolder(index), line);
    this.#end(part, line);
  }
}

function readGpus(folder: string): readonly number[] {
  const path = join(folder, 'gpus');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}
