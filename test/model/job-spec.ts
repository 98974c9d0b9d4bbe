import { CommandJob, type DependencyCondition, type RetryPolicy } from '@scijob/core';
import type { FakeEnd, FakeScript, SubmittedTask } from '@scijob/testing';

/** How each run of a task ends; the last one holds for all that follow. */
export type PlannedEnd = 'succeeded' | 'exit-nonzero' | 'out-of-memory' | 'node-failure';
export const RETRIED = ['exit-nonzero', 'out-of-memory', 'node-failure'] as const;

export interface TaskSpec {
  readonly ends: readonly PlannedEnd[];
  readonly queueSeconds: number;
  readonly runSeconds: number;
}

export interface JobSpec {
  readonly tasks: readonly TaskSpec[];
  readonly isArray: boolean;
  readonly retry: { readonly [Reason in (typeof RETRIED)[number]]?: number };
  readonly maxConcurrent?: number;
  /** The how manieth of the jobs that are there when it is submitted. */
  readonly after?: { readonly nth: number; readonly condition: DependencyCondition };
}

/** The job carries its own script: the backend does to it what it says. */
export function toJob(name: string, { tasks, isArray, retry }: JobSpec): CommandJob {
  return new CommandJob({
    name,
    command: ['run', isArray ? 'item' : JSON.stringify(tasks[0])],
    retry: retry as RetryPolicy,
  });
}

export const script: Pick<FakeScript, 'ends' | 'queueSeconds' | 'runSeconds'> = {
  ends: (task) => specOf(task).ends as readonly FakeEnd[],
  queueSeconds: (task) => specOf(task).queueSeconds,
  runSeconds: (task) => specOf(task).runSeconds,
};

function specOf({ item, command }: SubmittedTask): TaskSpec {
  return (item ?? JSON.parse(command?.[1] ?? '')) as unknown as TaskSpec;
}

/** How many times a task runs when nobody interferes: once, and once more for each failure whose reason has budget left. */
export function expectedRuns({ ends }: TaskSpec, retry: JobSpec['retry']): number {
  const left: { [reason: string]: number } = { ...retry };
  for (let run = 1; ; run += 1) {
    const end = ends[Math.min(run, ends.length) - 1] ?? 'succeeded';
    const budget = left[end] ?? 0;
    if (end === 'succeeded' || budget === 0) return run;
    left[end] = budget - 1;
  }
}
