import type {
  Attempt,
  DependencyCondition,
  FinalState,
  FinalStatus,
  JobState,
  LogLine,
  Part,
  PartKey,
  Usage,
} from '@scijob/core/adapter';
import type { FakePhase } from './fake-options.ts';
import type { SubmittedTask } from './scripted.ts';
import type { StoredFile } from './task-files.ts';
import type { PlannedLine, TaskPlan } from './task-plan.ts';

/** One time the science of a task really ran. */
export interface FakeRun {
  readonly nativeId: string;
  readonly token: string;
  readonly key: string;
  readonly submission: number;
  /** Of the item, from zero; zero for a single job. */
  readonly index: number;
  readonly attempt: Attempt;
  readonly startedAt: Date;
  /** Absent while it runs. */
  readonly endedAt?: Date;
  /** How it ended; `requeued` when the backend took it back to run it again. */
  readonly end?: FinalState | 'requeued';
}

export interface StoredLine extends LogLine {
  readonly at: Date;
  readonly index: number;
}

/** Why a task stands still, and where it goes on. */
export interface Halt {
  readonly state: JobState;
  readonly raw: string | undefined;
  readonly remainingMs: number;
}

/** One item of a native object: what the scheduler moves. There may be 100,000 of them. */
export class FakeTask {
  readonly object: NativeObject;
  readonly job: SubmittedTask;
  readonly index: number;
  state: JobState = 'queued';
  raw: string | undefined = undefined;
  /** When it came into this state. */
  sinceMs: number;
  status: FinalStatus | undefined = undefined;
  restart = 0;
  /** Of the script: which time it runs under its key. */
  run = 0;
  plan: TaskPlan | undefined = undefined;
  phaseAt = -1;
  phaseEndMs = Number.POSITIVE_INFINITY;
  /** Grows with each change: an event planned before it is void. */
  version = 0;
  queuedMs: number;
  startedMs: number | undefined = undefined;
  endedMs: number | undefined = undefined;
  limitAtMs = Number.POSITIVE_INFINITY;
  science: { -readonly [Field in keyof FakeRun]: FakeRun[Field] } | undefined = undefined;
  waitsForParent = false;
  halt: Halt | undefined = undefined;
  cancel: { readonly reason: string; readonly atMs: number } | undefined = undefined;
  /** The next item of the same native task, with `itemsPerTask`. */
  follower: FakeTask | undefined = undefined;
  isFollower = false;
  /** Holds one of the places that `maxConcurrent` allows. */
  hasPlace = false;
  restarts: Map<string, number> | undefined = undefined;
  lines: StoredLine[];
  planned: readonly PlannedLine[] = [];
  nextLine = 0;
  files: ReadonlyMap<string, StoredFile> | undefined = undefined;
  usage: Partial<Usage> | undefined = undefined;
  /** Its place among the rows of those that ended. */
  row = -1;

  constructor(object: NativeObject, job: SubmittedTask, atMs: number) {
    this.object = object;
    this.job = job;
    this.index = job.index ?? 0;
    this.sinceMs = atMs;
    this.queuedMs = atMs;
    this.lines = object.isArray ? [] : object.lines;
  }

  get attempt(): Attempt {
    return `${this.object.key.submission}.${this.restart}`;
  }

  get phase(): FakePhase | undefined {
    return this.plan?.phases[this.phaseAt];
  }

  /** Ready for another run. */
  reset(run: number, atMs: number): void {
    this.run = run;
    this.version += 1;
    this.phaseAt = -1;
    this.phaseEndMs = Number.POSITIVE_INFINITY;
    this.limitAtMs = Number.POSITIVE_INFINITY;
    this.nextLine = 0;
    this.queuedMs = atMs;
    this.startedMs = undefined;
    this.endedMs = undefined;
  }

  /** Whether it may be run again after such an end; counts that it is. */
  takeRestart(reason: string, allowed: number): boolean {
    const used = this.restarts?.get(reason) ?? 0;
    if (used >= allowed) return false;
    this.restarts ??= new Map();
    this.restarts.set(reason, used + 1);
    return true;
  }

  /** For good, unless somebody takes it back. */
  end(status: FinalStatus, atMs: number): void {
    const { object } = this;
    this.status = status;
    this.setState(status.state, status.raw, atMs);
    this.row = object.rows.push(this) - 1;
    object.live -= 1;
    if (object.live === 0) object.endedMs = atMs;
  }

  /** It had ended, and is to run again. */
  reopen(): void {
    const { object } = this;
    if (object.live === 0) object.reopened += 1;
    object.live += 1;
    object.endedMs = undefined;
    this.status = undefined;
    this.files = undefined;
  }

  setState(state: JobState, raw: string | undefined, atMs: number): void {
    this.object.count(this.state, -1);
    this.object.count(state, 1);
    this.object.changedMs = atMs;
    this.state = state;
    this.raw = raw;
    this.sinceMs = atMs;
  }
}

export interface Wait {
  readonly parent: NativeObject;
  readonly condition: DependencyCondition;
  /** Of the parent: one item of it, not all. */
  readonly index?: number;
}

/** What the backend calls a job: a single one, or an array. */
export class NativeObject {
  readonly nativeId: string;
  readonly key: PartKey;
  readonly part: Part;
  readonly isArray: boolean;
  readonly createdMs: number;
  readonly createdAt: Date;
  readonly tasks = new Map<number, FakeTask>();
  readonly counts = new Map<JobState, number>();
  /** Tasks in the order they ended. One that ran again has a later row, too. */
  readonly rows: FakeTask[] = [];
  readonly lines: StoredLine[] = [];
  readonly after: readonly Wait[];
  readonly dependents = new Set<NativeObject>();
  /** Tasks that may start as soon as there is a place. */
  readonly waiting: { readonly task: FakeTask; readonly version: number; readonly phase: number }[] = [];
  waitingFrom = 0;
  readonly maxConcurrent: number;
  occupied = 0;
  live = 0;
  endedMs: number | undefined = undefined;
  changedMs: number;
  /** How many times it was opened again after all of it had ended. */
  reopened = 0;
  isPurged = false;

  constructor(
    nativeId: string,
    part: Part,
    after: readonly Wait[],
    { atMs, at, maxConcurrent }: { readonly atMs: number; readonly at: Date; readonly maxConcurrent: number },
  ) {
    this.nativeId = nativeId;
    this.key = part.key;
    this.part = part;
    this.isArray = part.job.array !== undefined;
    this.after = after;
    this.createdMs = atMs;
    this.createdAt = at;
    this.changedMs = atMs;
    this.maxConcurrent = maxConcurrent;
  }

  count(state: JobState, by: number): void {
    this.counts.set(state, (this.counts.get(state) ?? 0) + by);
  }

  in(state: JobState): number {
    return this.counts.get(state) ?? 0;
  }
}
