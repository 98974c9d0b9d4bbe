import type { Clock, FailureReason } from '@scijob/core/adapter';
import { TimedQueue } from '../timed-queue.ts';
import { dependencyGate } from './dependency-gate.ts';
import type { FakeScript } from './fake-options.ts';
import type { GuardClaims } from './guard-claims.ts';
import type { FakeRun, FakeTask, NativeObject } from './native-object.ts';
import { Places } from './places.ts';
import { RunRecord } from './run-record.ts';
import { contextOf } from './scripted.ts';
import { scriptedUsage, settleEnd } from './settle-end.ts';
import type { DeclaredOutput } from './task-files.ts';
import { openLog, printDue } from './task-log.ts';
import { brokenScript, type PlannedEnd, toPlannedEnd, toTaskPlan } from './task-plan.ts';
import {
  isInLastPhase,
  limitSecondsOf,
  needsMachine,
  neverStarts,
  nextInLine,
  overTimeLimit,
  rawOf,
  refusedItself,
} from './task-rules.ts';

export interface SchedulerOptions {
  readonly script: FakeScript;
  readonly logs: 'live' | 'after-exit' | 'none';
  readonly timeLimitResolutionSeconds: number;
  /** How many times the backend may run a task again by itself after such an end. */
  readonly restartsOf: (task: FakeTask, reason: FailureReason) => number;
  readonly declaredOf: (object: NativeObject) => readonly DeclaredOutput[];
  /** Absent where the backend has no guard: then every native object runs the science. */
  readonly claims?: GuardClaims;
}

type Step = 'queue' | 'begin' | 'phase' | 'line';

interface Event {
  readonly dueMs: number;
  readonly task: FakeTask;
  /** Of the task, when this was planned: one that changed since has other plans. */
  readonly version: number;
  readonly step: Step;
}

/** Later than anything. */
export const NEVER = Number.POSITIVE_INFINITY;
const ROUNDING_ERROR_MS = 1e-6;

/**
 * Moves tasks through their phases as the clock says. No timer: whoever looks first moves everything to the present, in the
 * order in which it would have happened.
 */
export class Scheduler {
  readonly record = new RunRecord();
  readonly places = new Places();
  readonly #options: SchedulerOptions;
  readonly #events = new TimedQueue<Event>();
  #nowMs = 0;
  /** The date when the monotonic clock was zero. */
  #originMs = 0;
  #clock: Clock | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Brings everything to the present of this clock, or of the one last seen. Returns the present. */
  catchUp(clock: Clock | undefined = this.#clock): number {
    if (clock === undefined) return this.#nowMs;
    this.#clock = clock;
    const untilMs = Math.max(this.#nowMs, clock.monotonicMs());
    // A date has whole milliseconds: without rounding up, each event would seem to be one too early.
    this.#originMs = Math.ceil(clock.now().getTime() - clock.monotonicMs() - ROUNDING_ERROR_MS);
    for (;;) {
      const { first } = this.#events;
      if (first === undefined || first.dueMs > untilMs) break;
      this.#events.takeFirst();
      if (first.task.version !== first.version) continue;
      this.#nowMs = Math.max(this.#nowMs, first.dueMs);
      this.#take(first, this.#nowMs);
    }
    this.#nowMs = untilMs;
    return untilMs;
  }

  readonly dateOf = (ms: number): Date => new Date(Math.round(this.#originMs + ms));

  /** Takes a new object's tasks in. The first item of each native task begins now. */
  add(object: NativeObject): void {
    for (const { parent } of object.after) parent.dependents.add(object);
    for (const task of object.tasks.values()) {
      object.live += 1;
      object.count(task.state, 1);
      if (task.isFollower) task.raw = rawOf(undefined);
      else this.#queue(task, object.createdMs);
    }
  }

  plan(task: FakeTask, step: Step, dueMs: number): void {
    if (dueMs < NEVER) this.#events.add({ dueMs, task, version: task.version, step });
  }

  #take({ task, step }: Event, ms: number): void {
    if (step === 'queue') this.#queue(task, ms);
    else if (step === 'begin') this.#passGate(task, ms);
    else if (step === 'phase') this.#endPhase(task, ms);
    else this.#print(task, ms);
  }

  /** A new run of a task, from the beginning. */
  #queue(task: FakeTask, ms: number): void {
    task.reset(this.record.begin(task), ms);
    const plan = toTaskPlan(this.#options.script, task.job, contextOf(task));
    task.plan = task.isFollower ? { ...plan, phases: plan.phases.filter(needsMachine) } : plan;
    // Held by hand before its turn: it goes on when it is released.
    if (task.halt) return;
    const first = task.plan.phases[0];
    task.setState(first && !needsMachine(first) ? first.state : 'queued', rawOf(first), ms);
    this.plan(task, 'begin', ms);
  }

  #passGate(task: FakeTask, ms: number): void {
    const gate = dependencyGate(task);
    task.waitsForParent = gate === 'waiting';
    if (gate === 'open') this.enter(task, 0, ms);
    else if (gate === 'waiting') task.setState('held', 'DEPENDENCY', ms);
    else this.finish(task, neverStarts(), ms, NO_RESTART);
  }

  /** Puts the task into one of its phases, behind the last one to its end; or into the queue, where it needs a place. */
  enter(task: FakeTask, at: number, ms: number): void {
    const phase = task.plan?.phases[at];
    if (phase === undefined) {
      this.finish(task, task.plan?.end ?? toPlannedEnd('succeeded'), ms);
      return;
    }
    if (task.startedMs === undefined && needsMachine(phase) && !this.#start(task, at, ms)) return;
    task.phaseAt = at;
    if (task.state !== phase.state || task.raw !== rawOf(phase)) task.setState(phase.state, rawOf(phase), ms);
    task.phaseEndMs = ms + (phase.seconds ?? 0) * 1_000;
    this.planPhaseEnd(task, ms);
  }

  planPhaseEnd(task: FakeTask, ms: number): void {
    this.plan(task, 'phase', Math.min(task.phaseEndMs, Math.max(ms, task.limitAtMs)));
  }

  #endPhase(task: FakeTask, ms: number): void {
    const isOver = task.phaseEndMs <= ms;
    if (task.cancel) {
      const endedByItself = isOver && isInLastPhase(task) && task.phaseEndMs < task.cancel.atMs;
      const cancelled = { reason: 'cancelled-by-user', message: task.cancel.reason } as const;
      this.finish(task, endedByItself && task.plan ? task.plan.end : toPlannedEnd(cancelled), ms);
    } else if (isOver) {
      this.enter(task, task.phaseAt + 1, ms);
    } else {
      this.finish(task, overTimeLimit(task), ms);
    }
  }

  /** Starts the science of a task: `false` when it must wait for a place, or may not run at all. */
  #start(task: FakeTask, phase: number, ms: number): boolean {
    const { object } = task;
    if (!this.places.take(task, phase)) {
      if (task.state !== 'queued') task.setState('queued', rawOf(undefined), ms);
      return false;
    }
    task.startedMs = ms;
    const holder = this.#options.claims?.claim(object.key.token, object.nativeId);
    if (holder !== undefined && holder !== object.nativeId) {
      this.record.takeBack(task);
      this.finish(task, refusedItself(holder), ms, NO_RESTART);
      return false;
    }
    this.record.start(task, this.dateOf(ms));
    task.limitAtMs = ms + limitSecondsOf(task, this.#options.timeLimitResolutionSeconds) * 1_000;
    if (this.#options.logs !== 'none') this.#openLog(task, ms);
    return true;
  }

  #openLog(task: FakeTask, ms: number): void {
    try {
      task.planned = openLog(this.#options.script, task);
    } catch (error) {
      task.plan = { phases: task.plan?.phases ?? [], end: toPlannedEnd(brokenScript(error)) };
    }
    if (this.#options.logs === 'live') this.#print(task, ms);
  }

  /** Prints what is due, and comes back for the rest. */
  #print(task: FakeTask, ms: number): void {
    const nextMs = printDue(task, ms, this.dateOf);
    if (nextMs !== undefined) this.plan(task, 'line', nextMs);
  }

  /** Its plans were dropped: it goes on printing. */
  resumeLog(task: FakeTask, ms: number): void {
    if (this.#options.logs === 'live' && task.nextLine < task.planned.length) this.plan(task, 'line', ms);
  }

  /** Ends this run of a task; what follows from it begins. */
  finish(task: FakeTask, planned: PlannedEnd, ms: number, { mayRestart = true } = {}): void {
    const { script, declaredOf, restartsOf } = this.#options;
    const { end, files } = settleEnd(script, task, planned, declaredOf(task.object), this.dateOf(ms));
    this.leave(task, end.state, ms);
    task.endedMs = ms;
    task.files = files;
    if (end.state === 'failed' && mayRestart && task.takeRestart(end.reason, restartsOf(task, end.reason))) {
      this.places.giveUp(task);
      task.restart += 1;
      task.setState('queued', end.raw, ms);
      this.plan(task, 'queue', ms);
    } else {
      task.end({ ...end, attempt: task.attempt, at: this.dateOf(ms) }, ms);
      task.usage = scriptedUsage(script, task);
      this.#goOn(task, ms);
    }
    this.admit(task.object, ms);
  }

  /** Whatever comes next: this run is over. */
  leave(task: FakeTask, end: NonNullable<FakeRun['end']>, ms: number): void {
    printDue(task, ms, this.dateOf);
    task.planned = [];
    task.version += 1;
    task.halt = undefined;
    task.cancel = undefined;
    this.record.end(task, end, this.dateOf(ms));
  }

  /** The next item of the same native task, and whoever waited for this one to end. */
  #goOn(task: FakeTask, ms: number): void {
    const next = task.plan && nextInLine(task);
    if (next) {
      this.places.handOn(task, next);
      this.#queue(next, ms);
    }
    this.places.giveUp(task);
    for (const dependent of task.object.dependents) {
      if (task.object.live > 0) this.#askAgain(dependent.tasks.get(task.index), ms);
      else for (const one of dependent.tasks.values()) this.#askAgain(one, ms);
    }
  }

  #askAgain(task: FakeTask | undefined, ms: number): void {
    if (!task?.waitsForParent || task.halt || task.status || task.cancel) return;
    task.version += 1;
    this.plan(task, 'begin', ms);
  }

  /** Starts what waits for a place, as far as there is one. */
  admit(object: NativeObject, ms: number): void {
    for (let next = this.places.next(object); next; next = this.places.next(object))
      this.enter(next.task, next.phase, ms);
  }
}

const NO_RESTART = { mayRestart: false };
