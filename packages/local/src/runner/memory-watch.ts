import { toStopRecord } from '@scijob/core/wrapper';
import type { ProcessStat } from '../process-identity.ts';
import { killTask, selectTask } from './kill-task.ts';
import { proportionalBytes, readProcesses, residentBytes } from './process-tree.ts';
import type { RunningTask, StartReader } from './running-task.ts';
import { writeStop } from './write-stop.ts';

const GIB = 2 ** 30;
/** Tasks with a limit that nobody else holds them to are looked at this often, others only for their peak. */
const LIMITED_MS = 100;
const PEAK_MS = 1_000;

/** Looks at the memory of running tasks: notes the highest, and kills what is over its limit where no cgroup does. */
export class MemoryWatch {
  readonly #startOf: StartReader;
  #lastMs = 0;

  constructor(startOf: StartReader) {
    this.#startOf = startOf;
  }

  look(tasks: Iterable<RunningTask>, nowMs: number): void {
    const sampled: RunningTask[] = [];
    for (const task of tasks) {
      if (!task.group) sampled.push(task);
      else if (task.group.kills() > 0) this.#stop(task, toKernelMessage(task.part.request.memoryGiB));
    }
    const isLimited = sampled.some((task) => task.part.request.memoryGiB > 0);
    if (sampled.length === 0 || nowMs - this.#lastMs < (isLimited ? LIMITED_MS : PEAK_MS)) return;
    this.#lastMs = nowMs;
    const processes = readProcesses();
    for (const task of sampled) this.#sample(task, processes);
  }

  #sample(task: RunningTask, processes: readonly ProcessStat[]): void {
    const start = this.#startOf(task);
    if (!start) return;
    const own = selectTask(processes, start, task.folder);
    const limitBytes = task.part.request.memoryGiB * GIB;
    let bytes = residentBytes(own);
    const matters = bytes > (task.peakBytes ?? 0) || (limitBytes > 0 && bytes > limitBytes);
    // Forked processes share pages, which the quick sum counts once for each of them.
    if (own.length > 1 && matters) bytes = Math.min(bytes, proportionalBytes(own));
    task.peakBytes = Math.max(task.peakBytes ?? 0, bytes);
    if (limitBytes > 0 && bytes > limitBytes)
      this.#stop(task, toMessage(bytes, task.part.request.memoryGiB), processes);
  }

  /** All of the task goes, not only the process that was one too many: half a task computes nothing sensible. */
  #stop(task: RunningTask, message: string, processes?: readonly ProcessStat[]): void {
    const start = this.#startOf(task);
    if (!start) return;
    writeStop(task.folder, toStopRecord({ reason: 'out-of-memory', message, at: new Date() }));
    killTask(start, task.folder, processes);
  }
}

function toKernelMessage(limitGiB: number): string {
  return `The kernel killed a process of it at its limit of ${limitGiB} GiB. Ask for more in resources.memoryGiB.`;
}

function toMessage(bytes: number, limitGiB: number): string {
  return `It used ${(bytes / GIB).toFixed(2)} GiB, more than its limit of ${limitGiB} GiB, and was killed. Ask for more in resources.memoryGiB.`;
}
