import type { FakeTask } from './native-object.ts';
import { NEVER, type Scheduler } from './scheduler.ts';
import { isInLastPhase } from './task-rules.ts';

/** Asks a task to stop. It ends when it has stopped, or by itself before. */
export function cancelTask(scheduler: Scheduler, task: FakeTask, reason: string, seconds: number, nowMs: number): void {
  if (task.status || task.cancel) return;
  task.version += 1;
  task.halt = undefined;
  task.cancel = { reason, atMs: nowMs + seconds * 1_000 };
  task.setState('cancelling', 'CANCELLING', nowMs);
  const endsByItselfMs = isInLastPhase(task) ? Math.max(nowMs, task.phaseEndMs) : NEVER;
  scheduler.plan(task, 'phase', Math.min(task.cancel.atMs, endsByItselfMs));
  scheduler.resumeLog(task, nowMs);
}

/** Takes a task back, ended or not, to run it again. */
export function requeueTask(scheduler: Scheduler, task: FakeTask, raw: string, nowMs: number): void {
  if (task.status) {
    task.reopen();
  } else {
    scheduler.leave(task, 'requeued', nowMs);
    scheduler.places.giveUp(task);
  }
  task.version += 1;
  task.restart += 1;
  task.setState('queued', raw, nowMs);
  scheduler.plan(task, 'queue', nowMs);
  scheduler.admit(task.object, nowMs);
}

/** Stops a task where it is: its time stands still until it is released. */
export function haltTask(task: FakeTask, nowMs: number): void {
  if (task.status || task.cancel || task.halt) return;
  const state = task.startedMs === undefined ? 'held' : 'suspended';
  task.version += 1;
  task.halt = { state: task.state, raw: task.raw, remainingMs: task.phaseEndMs - nowMs };
  task.setState(state, state.toUpperCase(), nowMs);
}

export function releaseTask(scheduler: Scheduler, task: FakeTask, nowMs: number): void {
  const { halt } = task;
  if (!halt) return;
  task.halt = undefined;
  task.version += 1;
  task.setState(halt.state, halt.raw, nowMs);
  // Its turn has not come yet.
  if (task.plan === undefined) return;
  if (task.phaseAt < 0) {
    scheduler.plan(task, 'begin', nowMs);
  } else if (halt.remainingMs <= 0) {
    scheduler.enter(task, task.phaseAt + 1, nowMs);
  } else {
    task.phaseEndMs = nowMs + halt.remainingMs;
    scheduler.planPhaseEnd(task, nowMs);
    scheduler.resumeLog(task, nowMs);
  }
}
