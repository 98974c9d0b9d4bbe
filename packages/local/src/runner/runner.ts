import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineId } from '../machine.ts';
import { type LocalPaths, toLocalPaths, toPartPaths } from '../part-paths.ts';
import { parsePartRecord } from '../part-record.ts';
import { claimRunner, isNewestClaim, sayGoodbye } from '../runner-claims.ts';
import { clearStaging } from './clear-staging.ts';
import { HeldParts } from './held-parts.ts';
import { Inbox } from './inbox.ts';
import { findHierarchy, MemoryGroups } from './memory-group.ts';
import { PartRun } from './part-run.ts';
import { PoolUsage } from './pool-usage.ts';
import { Scheduler } from './scheduler.ts';
import { TaskRuns } from './task-runs.ts';
import { writeWrapper } from './write-wrapper.ts';

export interface RunnerOptions {
  /** Without anything to do for so long, the runner goes away. */
  readonly idleMs?: number;
  /** Leave cgroups alone and look at the memory of tasks instead. */
  readonly noCgroups?: boolean;
}

const POLL_MS = 200;
const NOTE_MS = 100;
const RETRY_MS = 1_000;
const IDLE_MS = 30_000;

/** Runs the tasks of one directory on one machine. Told what to do by files, tells what happened by files. */
export class Runner {
  readonly #paths: LocalPaths;
  readonly #machine: string;
  readonly #inbox: Inbox;
  readonly #idleMs: number;
  readonly #pool = new PoolUsage();
  readonly #scheduler = new Scheduler(this.#pool);
  readonly #parts = new Map<string, PartRun>();
  readonly #opening = new Set<string>();
  /** Parts with something to write down. */
  readonly #changed = new Set<PartRun>();
  readonly #tasks: TaskRuns;
  readonly #held: HeldParts;
  #number: number;
  #idleSinceMs = performance.now();
  #notedMs = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = 0;
  #isScheduled = false;
  #done: (() => void) | undefined;

  private constructor(root: string, number: number, { idleMs = IDLE_MS, noCgroups = false }: RunnerOptions) {
    this.#machine = machineId();
    this.#paths = toLocalPaths(root, this.#machine);
    this.#inbox = new Inbox(this.#paths.inbox);
    this.#number = number;
    this.#idleMs = idleMs;
    this.#tasks = new TaskRuns({
      number,
      wrapper: writeWrapper(root),
      pool: this.#pool,
      groups: new MemoryGroups(noCgroups ? undefined : findHierarchy()),
      onChanged: (part) => {
        this.#changed.add(part);
        this.#soon();
      },
      onFault: complain,
    });
    this.#held = new HeldParts({
      toPaths: (token) => toPartPaths(join(this.#paths.jobs, token)),
      isOurs: (token) => this.#parts.has(token),
      onReleased: (part) => {
        this.#scheduler.add(part);
        this.#changed.add(part);
        this.#soon();
      },
      onEnded: (part, line) => {
        part.end(line);
        this.#changed.add(part);
      },
      onForgotten: (token) => this.#remember(token),
      onUnreadable: (part, cause) => say(`part ${part.token}: what it waits for cannot be read: ${String(cause)}`),
    });
  }

  /** Runs until there has been nothing to do for long enough, or at once when another runner lives. */
  static async run(root: string, options: RunnerOptions = {}): Promise<void> {
    const number = claimRunner(toLocalPaths(root, machineId()).runners);
    if (number === undefined) return;
    await new Runner(root, number, options).#run();
  }

  #run(): Promise<void> {
    say(`runner ${this.#number} (pid ${process.pid}) begins`);
    clearStaging(this.#paths.staging);
    this.#tasks.clearGroups((token) => existsSync(join(this.#paths.jobs, token, 'ended')));
    this.#inbox.watch((token) => {
      if (token === undefined) this.#listInbox();
      else void this.#visit(token);
    });
    this.#listInbox();
    const timer = setInterval(() => this.#poll(), POLL_MS);
    // Memory limits want a closer look than everything else.
    const memoryTimer = setInterval(() => this.#guard(() => this.#tasks.lookAround(performance.now())), POLL_MS / 2);
    return new Promise((resolve) => {
      this.#done = () => {
        clearInterval(timer);
        clearInterval(memoryTimer);
        this.#inbox.unwatch();
        this.#tasks.rest();
        resolve();
      };
    });
  }

  #poll(): void {
    const nowMs = performance.now();
    this.#guard(() => {
      if (!isNewestClaim(this.#paths.runners, this.#number)) {
        say(`runner ${this.#number} goes: another one has taken over, or its directory is gone`);
        this.#done?.();
        return;
      }
      if (!this.#inbox.isWatched || nowMs - this.#listedMs > RETRY_MS) this.#listInbox();
      this.#releaseDue(nowMs);
      this.#held.look(nowMs);
      this.#soon();
      this.#leaveWhenIdle(nowMs);
    });
  }

  /** Looks at every marker: new parts, and where nothing tells of changes, old ones too. */
  #listInbox(): void {
    this.#listedMs = performance.now();
    for (const token of this.#inbox.list()) {
      if (!this.#inbox.isWatched || !this.#parts.has(token)) void this.#visit(token);
    }
  }

  /** Looks at one part: is it new, and is somebody tired of it? */
  async #visit(token: string): Promise<void> {
    if (this.#opening.has(token)) return;
    this.#opening.add(token);
    try {
      const known = this.#parts.get(token);
      if (known) {
        if (known.readCancels()) this.#applyCancels(known);
      } else await this.#open(token);
    } catch (error) {
      say(`part ${token}: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      this.#opening.delete(token);
    }
    this.#soon();
  }

  async #open(token: string): Promise<void> {
    const folder = join(this.#paths.jobs, token);
    if (!this.#inbox.has(token)) return;
    if (existsSync(join(folder, 'ended'))) {
      this.#inbox.remove(token);
      return;
    }
    const part = await PartRun.open(token, folder, this.#machine);
    if (!part) {
      // Not committed yet, or never: whoever marked it is about to say so.
      this.#inbox.removeStale(token);
      return;
    }
    this.#parts.set(token, part);
    for (const index of part.takeStaged()) if (!this.#tasks.adopt(part, index)) part.queue.putBack(index);
    this.#applyCancels(part);
    this.#held.add(part, performance.now());
    this.#scheduler.add(part);
    this.#changed.add(part);
  }

  /** Somebody waits for a part that has no marker: without one, nobody would ever look at it. */
  #remember(token: string): void {
    const { record, ended } = toPartPaths(join(this.#paths.jobs, token));
    if (!existsSync(record) || existsSync(ended)) return;
    if (parsePartRecord(readFileSync(record, 'utf8'))?.machine !== this.#machine) return;
    this.#inbox.add(token);
    void this.#visit(token);
  }

  #applyCancels(part: PartRun): void {
    for (const index of part.running) {
      const request = part.isCancelled(index);
      if (request) this.#tasks.cancel(part, index, request);
    }
    part.takeCancelled((index, request) => this.#tasks.cancelWaiting(part, index, request));
  }

  /** One round soon, however many reasons there are for it. */
  #soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#guard(() => this.#round());
    });
  }

  #round(): void {
    const nowMs = performance.now();
    this.#startTasks(nowMs);
    const isNoteDue = nowMs - this.#notedMs >= NOTE_MS;
    if (isNoteDue) this.#notedMs = nowMs;
    // An end may be that of others who wait for it: these come into the same row.
    for (const part of this.#changed) {
      part.flush();
      if (part.isEnded) this.#close(part);
      this.#held.changed(part, part.isEnded, nowMs);
      if (!part.isEnded && !isNoteDue) continue;
      if (!part.isEnded) part.writeNote();
      this.#changed.delete(part);
    }
  }

  #startTasks(nowMs: number): void {
    if (nowMs < this.#pausedUntilMs) return;
    for (let part = this.#scheduler.next(nowMs); part; part = this.#scheduler.next(nowMs)) {
      const index = part.queue.takeNext();
      if (index === undefined) continue;
      const request = part.isCancelled(index);
      try {
        if (request) this.#tasks.cancelWaiting(part, index, request);
        else this.#tasks.start(part, index);
      } catch (error) {
        part.queue.putBack(index);
        this.#scheduler.add(part);
        this.#pausedUntilMs = nowMs + RETRY_MS;
        say(`task ${part.token}.${index} is tried again: ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
    }
  }

  /** Tasks whose time has come to be tried again. */
  #releaseDue(nowMs: number): void {
    for (const part of this.#parts.values()) {
      if (!part.queue.hasDelayed || !part.queue.releaseDue(nowMs)) continue;
      this.#scheduler.add(part);
      this.#changed.add(part);
    }
  }

  #close(part: PartRun): void {
    part.seal();
    this.#inbox.remove(part.token);
    this.#scheduler.remove(part);
    this.#held.remove(part);
    this.#parts.delete(part.token);
  }

  /** The goodbye comes first and the last look after it: whoever submits marks first and looks for a goodbye after. */
  #leaveWhenIdle(nowMs: number): void {
    if (this.#parts.size > 0 || this.#opening.size > 0) {
      this.#idleSinceMs = nowMs;
      return;
    }
    if (nowMs - this.#idleSinceMs < this.#idleMs) return;
    sayGoodbye(this.#paths.runners, this.#number);
    say(`runner ${this.#number} says goodbye`);
    if (!this.#hasWork()) {
      this.#done?.();
      return;
    }
    const number = claimRunner(this.#paths.runners);
    if (number === undefined) {
      this.#done?.();
      return;
    }
    this.#number = number;
    this.#tasks.renumber(number);
    this.#idleSinceMs = nowMs;
    this.#listInbox();
  }

  #hasWork(): boolean {
    return this.#inbox.list().some((token) => existsSync(join(this.#paths.jobs, token, 'part.json')));
  }

  /** What fails now, for want of room on the disk say, is tried again with the next round. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      complain(error);
    }
  }
}

function complain(error: unknown): void {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}
