import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestLine, TaskRange } from '@scijob/core/adapter';
import { type CancelRequest, parseCancelRequest } from '../cancel-request.ts';
import { outputsMatcher } from '../declared-outputs.ts';
import type { EndLine } from '../end-line.ts';
import { type PartPaths, toPartPaths, toTaskFolder } from '../part-paths.ts';
import { type PartRecord, parsePartRecord, tasksOf } from '../part-record.ts';
import type { RunningNote } from '../running-note.ts';
import { countTasks, indexAt, positionOf } from '../task-ranges.ts';
import { type PoolRequest, toRequest } from '../to-request.ts';
import { appendEnds, readEnds, repairEnds, syncEnds } from './ends-file.ts';
import { ManifestReader } from './manifest-reader.ts';
import { overwrite } from './overwrite.ts';

/** A million tasks that are cancelled at once need not be in memory at once. */
const MAX_UNWRITTEN = 10_000;

/**
 * One part while it is live: which of its tasks wait, run or have ended. One byte a task in memory, everything else of a
 * task only while it runs.
 */
export class PartRun {
  readonly token: string;
  readonly paths: PartPaths;
  readonly record: PartRecord;
  readonly request: PoolRequest;
  readonly isOutput: (path: string) => boolean;
  readonly total: number;
  /** Indices that run now. */
  readonly running = new Set<number>();
  readonly cancelled = new Map<number, CancelRequest>();
  cancelledAll: CancelRequest | undefined;
  readonly #ranges: readonly TaskRange[];
  readonly #hasEnded: Uint8Array;
  readonly #manifest: ManifestReader;
  readonly #seenCancels = new Set<string>();
  /** Staged by an earlier runner, but never started. */
  #again: number[] = [];
  #next = 0;
  #endedCount = 0;
  #unwritten: EndLine[] = [];
  #noted = '';

  private constructor(token: string, paths: PartPaths, record: PartRecord, isOutput: (path: string) => boolean) {
    this.token = token;
    this.paths = paths;
    this.record = record;
    this.request = toRequest(record.job);
    this.isOutput = isOutput;
    this.#ranges = tasksOf(record);
    this.total = countTasks(this.#ranges);
    this.#hasEnded = new Uint8Array(this.total);
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
    readEnds(paths.ends, (line) => part.#note(line.index));
    part.readCancels();
    return part;
  }

  get isEnded(): boolean {
    return this.#endedCount === this.total && this.#unwritten.length === 0;
  }

  get hasWaiting(): boolean {
    this.#skipEnded();
    return this.#again.length > 0 || this.#next < this.total;
  }

  /** Whether `maxConcurrent` lets one more start. */
  get mayStart(): boolean {
    return this.running.size < (this.record.job.array?.maxConcurrent ?? Number.POSITIVE_INFINITY);
  }

  /** Takes the next task that waits. */
  takeNext(): number | undefined {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    this.#skipEnded();
    const index = indexAt(this.#ranges, this.#next);
    if (index !== undefined) this.#next += 1;
    return index;
  }

  /** Puts a task back that could not be started after all. */
  putBack(index: number): void {
    this.#again.push(index);
  }

  /**
   * Tasks that an earlier runner staged: in order, one after the other, so the first one without a folder is the first
   * that was never touched.
   */
  takeStaged(): readonly number[] {
    const staged: number[] = [];
    for (let index = this.#peek(); index !== undefined && existsSync(this.taskFolder(index)); index = this.#peek()) {
      staged.push(index);
      this.#next += 1;
    }
    return staged;
  }

  taskFolder(index: number): string {
    return toTaskFolder(this.paths.folder, index, this.record.job.array?.count ?? 1);
  }

  line(index: number): ManifestLine | undefined {
    if (!this.record.job.array) return undefined;
    const text = this.#manifest.line(index);
    if (text === undefined) throw new Error(`The manifest ${this.paths.manifest} has no line ${index}.`);
    return JSON.parse(text);
  }

  hasEnded(index: number): boolean {
    const position = positionOf(this.#ranges, index);
    return position !== undefined && this.#hasEnded[position] === 1;
  }

  /** Notes an end; `flush` writes it. A second end of one task is not believed. */
  end(line: EndLine): void {
    this.running.delete(line.index);
    if (this.hasEnded(line.index)) return;
    this.#note(line.index);
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
    writeFileSync(this.paths.ended, '', { mode: 0o600 });
  }

  /** Writes the file `running` of an array, when it would say something new. */
  writeNote(): void {
    if (!this.record.job.array || this.isEnded) return;
    const again = this.#again.map((index) => positionOf(this.#ranges, index) ?? 0);
    const note: RunningNote = {
      running: [...this.running].sort((a, b) => a - b),
      next: Math.min(this.#next, ...again),
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
      for (let index = this.takeNext(); index !== undefined; index = this.takeNext()) end(index, all);
      return;
    }
    for (const [index, request] of this.cancelled) {
      if (positionOf(this.#ranges, index) === undefined || this.running.has(index) || this.hasEnded(index)) continue;
      this.#again = this.#again.filter((other) => other !== index);
      end(index, request);
    }
  }

  isCancelled(index: number): CancelRequest | undefined {
    return this.cancelledAll ?? this.cancelled.get(index);
  }

  #peek(): number | undefined {
    this.#skipEnded();
    return indexAt(this.#ranges, this.#next);
  }

  #skipEnded(): void {
    while (this.#next < this.total && this.#hasEnded[this.#next] === 1) this.#next += 1;
  }

  #note(index: number): void {
    const position = positionOf(this.#ranges, index);
    if (position === undefined || this.#hasEnded[position] === 1) return;
    this.#hasEnded[position] = 1;
    this.#endedCount += 1;
  }
}
