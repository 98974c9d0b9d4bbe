import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FENCED, toStopRecord } from '@scijob/core/wrapper';
import { toRestart } from '../attempt.ts';
import type { CancelRequest } from '../cancel-request.ts';
import { type EndLine, toEndLine } from '../end-line.ts';
import { isAlive } from '../process-identity.ts';
import type { RetryLine } from '../retry-line.ts';
import { toRemainingMs } from '../retry-policy.ts';
import { toRecordPath } from '../task-records.ts';
import type { MemoryGroups } from './memory-group.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { PartRun } from './part-run.ts';
import type { PoolUsage } from './pool-usage.ts';
import { readRecord } from './read-record.ts';
import type { RunningTask } from './running-task.ts';
import { readBefore, settleAttempt } from './settle-attempt.ts';
import { stageTask } from './stage-task.ts';
import { type Conclusion, fence, findEnd, readVerdict, startOf, writeVerdict } from './task-end.ts';
import { TaskShells } from './task-shells.ts';
import { isPassing, toStartFailure } from './to-start-failure.ts';
import { tolerant } from './tolerant.ts';
import type { Worker } from './worker.ts';
import { Workers } from './workers.ts';
import { writeStop } from './write-stop.ts';

export interface TaskRunsOptions {
  readonly number: number;
  readonly wrapper: string;
  readonly pool: PoolUsage;
  readonly groups: MemoryGroups;
  /** Hears of every part in which a task started or ended. */
  readonly onChanged: (part: PartRun) => void;
  /** Something could not be done now, and is tried again. */
  readonly onFault: (error: unknown) => void;
}

/** The tasks that run now: started, adopted, stopped, ended. */
export class TaskRuns {
  #number: number;
  readonly #pool: PoolUsage;
  readonly #workers: Workers;
  readonly #groups: MemoryGroups;
  readonly #memory = new MemoryWatch(startOf);
  readonly #tasks = new Set<RunningTask>();
  readonly #shells: TaskShells;
  readonly #byWorker = new Map<Worker, RunningTask>();
  readonly #onChanged: (part: PartRun) => void;
  readonly #onFault: (error: unknown) => void;

  constructor({ number, wrapper, pool, groups, onChanged, onFault }: TaskRunsOptions) {
    this.#number = number;
    this.#pool = pool;
    this.#groups = groups;
    this.#onChanged = onChanged;
    this.#onFault = onFault;
    this.#workers = new Workers(wrapper, {
      onFinished: (worker) => this.#detach(worker, false),
      onGone: (worker) => this.#detach(worker, true),
    });
    this.#shells = new TaskShells(this.#workers, groups);
  }

  /** After a goodbye that was taken back, the same process runs tasks under another number. */
  renumber(number: number): void {
    this.#number = number;
  }

  /** Stages a task and hands it to a shell. What keeps it from starting for good is its end; what passes is thrown. */
  start(part: PartRun, index: number): void {
    const attempt = part.attemptOf(index);
    const folder = part.attemptFolder(index);
    const sentAt = toSentAt(part, toRestart(attempt) > 0 ? readBefore(part, index) : []);
    const nativeId = `${part.token}.${index}.${this.#number}`;
    const gpus = this.#pool.take(part.request, part.record.pool);
    const { worker, group } = this.#shells.take(part, nativeId, attempt);
    const task: RunningTask = { part, index, attempt, folder, sentAt, gpus, group, worker };
    this.#add(task);
    try {
      worker.run(this.#stage(task, nativeId));
      this.#byWorker.set(worker, task);
    } catch (error) {
      this.#workers.giveBack(worker);
      this.#release(task);
      if (isPassing(error)) throw error;
      this.#conclude(task, { line: toEndLine(index, toStartFailure(attempt, error), {}), isOwn: true });
    }
  }

  /** Takes over a task that an earlier runner staged. False when nobody ever claimed it: it may be started. */
  adopt(part: PartRun, index: number): boolean {
    const verdict = readVerdict(part.taskFolder(index));
    if (verdict) {
      this.#end(part, verdict);
      return true;
    }
    const before = readBefore(part, index);
    const last = before.at(-1);
    if (last) part.restart(index, before.length);
    const attempt = part.attemptOf(index);
    const folder = part.attemptFolder(index);
    if (last && !existsSync(folder)) {
      this.#delay(part, index, before.length, last);
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
    const group = claim ? this.#shells.findGroup(claim.nativeId, attempt) : undefined;
    this.#add({ part, index, attempt, folder, sentAt: toSentAt(part, before), gpus, group });
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
    const folder = part.attemptFolder(index);
    if (existsSync(folder) && !fence(folder)) {
      this.adopt(part, index);
      this.cancel(part, index, request);
    } else this.#endCancelled(part, index, request);
  }

  /** What nobody tells us: how the tasks of earlier runners ended, who is gone, who uses too much memory. */
  lookAround(nowMs: number): void {
    for (const task of this.#tasks) if (!task.worker) this.#look(task, nowMs);
    this.#memory.look(this.#tasks, nowMs);
    this.#shells.sweep();
  }

  /** Removes cgroups that a runner left which died before it could. */
  clearGroups(hasEnded: (token: string) => boolean): void {
    this.#groups.clear(hasEnded);
  }

  /** Sends shells without a task home. */
  rest(): void {
    this.#workers.retireIdle();
  }

  #stage(task: RunningTask, nativeId: string): string {
    const { part, index, attempt, folder, gpus, group } = task;
    const line = part.line(index);
    const argumentFile = stageTask({
      record: part.record,
      paths: part.paths,
      index,
      attempt,
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
    try {
      const conclusion = findEnd(task, nowMs);
      if (conclusion) this.#conclude(task, conclusion);
    } catch (error) {
      // No room to write it down, say: it is looked at again, as every task without a shell is.
      this.#onFault(error);
    }
  }

  /**
   * What follows the end of an attempt: another, or the end of the task. It is written down first, so that whatever fails
   * here is looked at again.
   */
  #conclude(task: RunningTask, conclusion: Conclusion): void {
    const next = settleAttempt(task, conclusion);
    this.#release(task);
    if (next) this.#delay(task.part, task.index, toRestart(task.attempt) + 1, next);
    else this.#end(task.part, conclusion.line);
  }

  #delay(part: PartRun, index: number, restart: number, next: RetryLine): void {
    part.restart(index, restart);
    part.queue.delay(index, performance.now() + toRemainingMs(next, Date.now()));
    this.#onChanged(part);
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
    if (task.group) this.#shells.leave(task.group);
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
    const attempt = part.attemptOf(index);
    const line = toEndLine(
      index,
      {
        attempt,
        at: new Date(),
        state: 'cancelled',
        reason: 'cancelled-by-user',
        message: `Cancelled before it ${toRestart(attempt) > 0 ? 'was tried again' : 'started'}: ${request.reason}`,
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

function toSentAt(part: PartRun, before: readonly RetryLine[]): Date {
  return new Date(before.at(-1)?.end.at ?? part.record.preparedAt);
}
