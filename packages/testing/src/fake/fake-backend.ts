import type { JobRef } from '@scijob/core/adapter';
import { writeFile } from './artifacts.ts';
import { BackendState, type FakeCreation } from './backend-state.ts';
import type { FakeBackendOptions, FakeContent, FakeEnd } from './fake-options.ts';
import { haltTask, releaseTask, requeueTask } from './move-task.ts';
import type { FakeRun, FakeTask } from './native-object.ts';
import { requireFakeOptions } from './require-fake-options.ts';
import type { SubmittedTask } from './scripted.ts';
import { toStoredFile } from './task-files.ts';
import { addLine } from './task-log.ts';
import { toPlannedEnd } from './task-plan.ts';

/** A job of the backend: its key (then its newest submission), its token, its native id, or its ref. */
export type FakeJobId = string | JobRef;

/** Which task of an array; all of them when left out. */
export interface OfTask {
  readonly index?: number;
}

/**
 * What several fake adapters may share: the state of a backend, that outlives each client. It keeps the record that a test
 * judges by, and can be moved by hand.
 */
export class FakeBackend {
  constructor(options: FakeBackendOptions = {}) {
    STATES.set(this, new BackendState(options));
  }

  /** Every native object it ever made, oldest first: what was really submitted, how often, and when. */
  get created(): readonly FakeCreation[] {
    return stateOf(this).created;
  }

  /** Every time the science of a task really ran, in the order it began. A native object that refused itself ran nothing. */
  get runs(): readonly FakeRun[] {
    this.#catchUp();
    return stateOf(this).scheduler.record.runs;
  }

  /** Every task it was given, its item applied, whichever adapter brought it. */
  get submitted(): readonly SubmittedTask[] {
    return stateOf(this).submitted;
  }

  /** Runs that should not have been: of one task of one key, while another was under way, or after one had succeeded. */
  get doubles(): readonly FakeRun[] {
    const last = new Map<string, FakeRun>();
    return this.runs.filter((run) => {
      const task = `${run.index} ${run.key}`;
      const before = last.get(task);
      if (before?.end !== 'succeeded') last.set(task, run);
      if (!before) return false;
      return before.end === 'succeeded' || before.endedAt === undefined || before.endedAt > run.startedAt;
    });
  }

  /** Ends what lives of a job now. */
  end(job: FakeJobId, how: FakeEnd = 'succeeded', { index }: OfTask = {}): void {
    this.#each(job, index, (task, nowMs) => {
      if (task.status === undefined) stateOf(this).scheduler.finish(task, toPlannedEnd(how), nowMs);
    });
  }

  /** Takes a job back and runs it again, ended or not: its attempt becomes `1.1`. */
  requeue(job: FakeJobId, { index }: OfTask = {}): void {
    this.#each(job, index, (task, nowMs) => requeueTask(stateOf(this).scheduler, task, 'REQUEUED', nowMs));
  }

  /** Takes what lives of a job off its machine, and runs it again. */
  preempt(job: FakeJobId, { index }: OfTask = {}): void {
    this.#each(job, index, (task, nowMs) => {
      if (task.status === undefined) requeueTask(stateOf(this).scheduler, task, 'PREEMPTED', nowMs);
    });
  }

  /** Keeps a job from going on: its time stands still until `release`. */
  hold(job: FakeJobId, { index }: OfTask = {}): void {
    this.#each(job, index, haltTask);
  }

  release(job: FakeJobId, { index }: OfTask = {}): void {
    this.#each(job, index, (task, nowMs) => releaseTask(stateOf(this).scheduler, task, nowMs));
  }

  /** The backend no longer knows of the job. What it left stays. */
  purge(job: FakeJobId): void {
    this.#catchUp();
    stateOf(this).purge(stateOf(this).lookUp(job));
  }

  /** The backend no longer knows of the job, and gives its native id to a job of somebody else. */
  reuseId(job: FakeJobId): void {
    this.#catchUp();
    stateOf(this).giveAway(stateOf(this).lookUp(job));
  }

  /** Prints a line now. */
  print(
    job: FakeJobId,
    text: string,
    { index, stream = 'stdout' }: OfTask & { readonly stream?: 'stdout' | 'stderr' } = {},
  ): void {
    const { dateOf } = stateOf(this).scheduler;
    this.#each(job, index, (task, nowMs) => addLine(task, { text, stream }, dateOf(nowMs)));
  }

  /** Puts another content in the place of a file a task left; `null` removes it. */
  write(job: FakeJobId, path: string, content: FakeContent, { index }: OfTask = {}): void {
    const state = stateOf(this);
    this.#each(job, index, (task, nowMs) => {
      const file = content === null ? undefined : toStoredFile(content, state.scheduler.dateOf(nowMs));
      writeFile(state, task, path, file);
    });
  }

  /** Answers nobody until `thaw`: each call waits, and what runs goes on running. */
  freeze(): void {
    stateOf(this).freeze();
  }

  thaw(): void {
    stateOf(this).thaw();
  }

  /** Answers every call with this error until `goOnline`. */
  goOffline(error: Error = new Error('The fake backend cannot be reached.')): void {
    stateOf(this).outage = error;
  }

  goOnline(): void {
    stateOf(this).outage = undefined;
  }

  /** Starts nothing until `resumeStarts`: what waits, waits. */
  pauseStarts(): void {
    this.#catchUp();
    stateOf(this).scheduler.places.isPaused = true;
  }

  resumeStarts(): void {
    const { scheduler, objects } = stateOf(this);
    const nowMs = this.#catchUp();
    scheduler.places.isPaused = false;
    for (const object of objects) scheduler.admit(object, nowMs);
  }

  #each(job: FakeJobId, index: number | undefined, move: (task: FakeTask, nowMs: number) => void): void {
    const nowMs = this.#catchUp();
    const object = stateOf(this).lookUp(job);
    if (index === undefined) {
      for (const task of object.tasks.values()) move(task, nowMs);
      return;
    }
    const task = object.tasks.get(index);
    if (!task) throw new RangeError(`The job ${object.key.key} has no task ${index} in ${object.nativeId}.`);
    move(task, nowMs);
  }

  #catchUp(): number {
    return stateOf(this).scheduler.catchUp();
  }
}

const STATES = new WeakMap<FakeBackend, BackendState>();

/** For adapters of this backend. */
export function stateOf(backend: FakeBackend): BackendState {
  const state = STATES.get(backend);
  if (!state) throw new TypeError('This is no fake backend. Make one: `createFakeBackend()`.');
  return state;
}

/** Makes a backend of its own, for several adapters to share: `createFakeAdapter({ backend })`. */
export function createFakeBackend(options: FakeBackendOptions = {}): FakeBackend {
  requireFakeOptions(options);
  return new FakeBackend(options);
}
