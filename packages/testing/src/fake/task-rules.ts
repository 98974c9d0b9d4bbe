import { REFUSED_EXIT_CODE } from '@scijob/core/wrapper';
import type { FakePhase } from './fake-options.ts';
import { FENCED } from './guard-claims.ts';
import type { FakeTask } from './native-object.ts';
import { type PlannedEnd, toPlannedEnd } from './task-plan.ts';

/** The next item of the same native task whose turn it is, once this one has ended. */
export function nextInLine(task: FakeTask): FakeTask | undefined {
  let next = task.follower;
  while (next?.status || next?.cancel) next = next.follower;
  return next?.plan === undefined ? next : undefined;
}

export function isInLastPhase({ phaseAt, plan }: FakeTask): boolean {
  return plan !== undefined && phaseAt >= 0 && phaseAt === plan.phases.length - 1;
}

/** How the guard ends a native object whose submission another one has claimed: before the user's command. */
export function refusedItself(holder: string): PlannedEnd {
  const why = holder === FENCED ? 'Its submission was fenced' : `The native job ${holder} holds the claim`;
  const message = `${why}: this one ran nothing.`;
  return toPlannedEnd({ reason: 'infrastructure', exitCode: REFUSED_EXIT_CODE, raw: 'REFUSED', message });
}

export function overTimeLimit({ job }: FakeTask): PlannedEnd {
  const message = `It ran longer than its time limit of ${job.timeLimitSeconds} seconds.`;
  return toPlannedEnd({ reason: 'time-limit', message });
}

export function neverStarts(): PlannedEnd {
  const message = 'A job it was to run after did not end as it had to.';
  return toPlannedEnd({ reason: 'dependency-failed', message });
}

/** The time limit as the backend rounds it up. */
export function limitSecondsOf({ job }: FakeTask, resolutionSeconds: number): number {
  if (job.timeLimitSeconds === undefined) return Number.POSITIVE_INFINITY;
  if (!(resolutionSeconds > 0)) return job.timeLimitSeconds;
  return Math.ceil(job.timeLimitSeconds / resolutionSeconds) * resolutionSeconds;
}

export function needsMachine({ state }: FakePhase): boolean {
  return state !== 'queued' && state !== 'held';
}

export function rawOf(phase: FakePhase | undefined): string {
  return phase?.raw ?? (phase?.state ?? 'queued').toUpperCase();
}
