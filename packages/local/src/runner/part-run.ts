import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, ManifestLine } from '@scijob/core/adapter';
import { toAttempt, toAttemptFolder } from '../attempt.ts';
import { type CancelRequest, parseCancelRequest } from '../cancel-request.ts';
import { outputsMatcher } from '../declared-outputs.ts';
import type { EndLine } from '../end-line.ts';
import { addEnd, NO_ENDS, type PartEnd } from '../part-end.ts';
import { type PartPaths, toPartPaths, toTaskFolder } from '../part-paths.ts';
import { type PartRecord, parsePartRecord, tasksOf } from '../part-record.ts';
import { toRetriesPath } from '../read-attempts.ts';
import type { RunningNote } from '../running-note.ts';
import { type PoolRequest, toRequest } from '../to-request.ts';
import { appendEnds, readEnds, repairEnds, syncEnds } from './ends-file.ts';
import { listTaskFolders } from './list-task-folders.ts';
import { ManifestReader } from './manifest-reader.ts';
import { overwrite } from './overwrite.ts';
import { TaskQueue } from './task-queue.ts';

/** A million tasks that are cancelled at once need not be in memory at once. */
const MAX_UNWRITTEN = 10_000;
/** A note names so many of those that wait out of their order. */
const MAX_NOTED = 1_000;

/** One part while it is live: which of its tasks wait, run or have ended. */
export class PartRun {
  readonly token: string;
  readonly paths: PartPaths;
  readonly record: PartRecord;
  readonly request: PoolRequest;
  readonly isOutput: (path: string) => boolean;
  readonly queue: TaskQueue;
  /** Indices that run now. */
  readonly running = new Set<number>();
  readonly cancelled = new Map<number, CancelRequest>();
  cancelledAll: CancelRequest | undefined;
  readonly #manifest: ManifestReader;
  /** How often tasks were tried again that have not ended. */
  readonly #restarts = new Map<number, number>();
  #mostRestarts = 0;
  readonly #seenCancels = new Set<string>();
  #summary: PartEnd = NO_ENDS;
  #unwritten: EndLine[] = [];
  #noted = '';

  private constructor(token: string, paths: PartPaths, record: PartRecord, isOutput: (path: string) => boolean) {
    this.token = token;
    this.paths = paths;
    this.record = record;
    this.request = toRequest(record.job);
    this.isOutput = isOutput;
    this.queue = new TaskQueue(tasksOf(record));
    this.#manifest = new ManifestReader(paths.manifest);
  }

  /** `undefined` where there is no such part, or none for this machine. */
  static async open(token: string, folder: string, machine: string): Promise<PartRun | undefined> {
    const paths = toPartPaths(folder);
    if (!existsSync(paths.record)) return undefined;
    const record = parsePartRecord(readFileSync(paths.record, 'utf8'));
    if (record?.machine !== machine) return undefined;
    const part = new PartRun(token, paths, record, await outputsMatcher(Object.values(record.job.outputs)));
    repairEnds(paths.ends);
    readEnds(paths.ends, (line) => part.#note(line));
    part.readCancels();
    if (part.waitsForTasks || (record.after && !existsSync(paths.released))) part.queue.hold();
    return part;
  }

  /** Whether its tasks wait each for a task of another part. */
  get waitsForTasks(): boolean {
    return this.record.after?.some(({ condition }) => condition === 'aftercorr') ?? false;
  }

  get isEnded(): boolean {
    return this.queue.isEnded && this.#unwritten.length === 0;
  }

  get hasWaiting(): boolean {
    return this.queue.hasReady;
  }

  /** Whether `maxConcurrent` lets one more start. */
  get mayStart(): boolean {
    return this.running.size < (this.record.job.array?.maxConcurrent ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Takes the tasks that an earlier runner staged. They start in order, so the first one without a folder is the first that
   * was never touched; those that wait for a task each start in any order.
   */
  takeStaged(): readonly number[] {
    if (this.waitsForTasks) {
      const count = this.record.job.array?.count ?? 1;
      return listTaskFolders(this.paths.folder, count).filter((index) => this.queue.take(index));
    }
    const isStaged = (index: number) => existsSync(this.taskFolder(index));
    const staged: number[] = [];
    for (let index = this.queue.takeIf(isStaged); index !== undefined; index = this.queue.takeIf(isStaged)) {
      staged.push(index);
    }
    return staged;
  }

  taskFolder(index: number): string {
    return toTaskFolder(this.paths.folder, index, this.record.job.array?.count ?? 1);
  }

  /** The attempt that runs, or comes next. */
  attemptOf(index: number): Attempt {
    return toAttempt(this.record.key.submission, this.#restarts.get(index));
  }

  attemptFolder(index: number): string {
    return toAttemptFolder(this.taskFolder(index), this.attemptOf(index));
  }

  retriesPath(index: number): string {
    return toRetriesPath(this.taskFolder(index));
  }

  /** So many attempts of a task are over, and it is tried again. */
  restart(index: number, times: number): void {
    this.running.delete(index);
    this.#restarts.set(index, times);
    this.#mostRestarts = Math.max(this.#mostRestarts, times);
  }

  line(index: number): ManifestLine | undefined {
    if (!this.record.job.array) return undefined;
    const text = this.#manifest.line(index);
    if (text === undefined) throw new Error(`The manifest ${this.paths.manifest} has no line ${index}.`);
    return JSON.parse(text);
  }

  /** Notes an end; `flush` writes it. A second end of one task is not believed. */
  end(line: EndLine): void {
    this.running.delete(line.index);
    this.#restarts.delete(line.index);
    if (!this.#note(line)) return;
    this.#unwritten.push(line);
    if (this.#unwritten.length >= MAX_UNWRITTEN) this.flush();
  }

  /** Appends what ended since the last time. */
  flush(): void {
    if (this.#unwritten.length === 0) return;
    appendEnds(this.paths.ends, this.#unwritten);
    this.#unwritten = [];
  }

  /** Once every task has ended: nothing secret stays, and the last mark is set. */
  seal(): void {
    rmSync(this.paths.secrets, { force: true });
    rmSync(this.paths.running, { force: true });
    syncEnds(this.paths.ends);
    writeFileSync(this.paths.ended, `${JSON.stringify(this.#summary)}\n`, { mode: 0o600 });
  }

  /** What it waits for as a whole is there. Written down before anything starts: what it waited for may be removed. */
  markReleased(): void {
    writeFileSync(this.paths.released, '', { mode: 0o600 });
  }

  /** Writes the file `running` of an array, when it would say something new. */
  writeNote(): void {
    if (!this.record.job.array || this.isEnded) return;
    const { heldCount, begun } = this.queue;
    const again = this.queue.waitingAgain(MAX_NOTED);
    const note: RunningNote = {
      running: [...this.running].sort((a, b) => a - b),
      next: begun,
      ...(heldCount > 0 && { held: heldCount }),
      ...(again.length > 0 && { again }),
      ...(this.#mostRestarts > 0 && { restart: this.#mostRestarts }),
    };
    const text = `${JSON.stringify(note)}\n`;
    if (text === this.#noted) return;
    overwrite(this.paths.running, text);
    this.#noted = text;
  }

  /** Reads the requests that came since the last time, and says whether there were any. */
  readCancels(): boolean {
    let isNew = false;
    for (const name of readdirSync(this.paths.cancels)) {
      if (this.#seenCancels.has(name)) continue;
      const request = parseCancelRequest(readFileSync(join(this.paths.cancels, name), 'utf8'));
      if (!request) continue;
      this.#seenCancels.add(name);
      isNew = true;
      if (request.tasks) for (const index of request.tasks) this.cancelled.set(index, request);
      else this.cancelledAll ??= request;
    }
    return isNew;
  }

  /** Hands out every waiting task that somebody wants ended. */
  takeCancelled(end: (index: number, request: CancelRequest) => void): void {
    const all = this.cancelledAll;
    if (all) {
      for (let index = this.queue.takeAny(); index !== undefined; index = this.queue.takeAny()) end(index, all);
      return;
    }
    for (const [index, request] of this.cancelled) {
      if (!this.queue.holds(index) || this.running.has(index) || this.queue.hasEnded(index)) continue;
      this.queue.withdraw(index);
      end(index, request);
    }
  }

  isCancelled(index: number): CancelRequest | undefined {
    return this.cancelledAll ?? this.cancelled.get(index);
  }

  #note(line: EndLine): boolean {
    if (!this.queue.end(line.index)) return false;
    this.#summary = addEnd(this.#summary, line);
    this.#mostRestarts = Math.max(this.#mostRestarts, line.restart ?? 0);
    return true;
  }
}
