import type { Attempt, Json, ResolvedJob } from '@scijob/core/adapter';

/** One task as it was submitted: the job with its item applied. */
export interface SubmittedTask extends ResolvedJob {
  /** What the task reads as `SCIJOB_ITEM`; absent outside an array. */
  readonly item?: Json;
  /** Of the item; absent outside an array. */
  readonly index?: number;
  readonly key: string;
  readonly submission: number;
}

/** Which time it is that a task runs. */
export interface ScriptContext {
  /** Of the item, from zero; zero for a single job. */
  readonly index: number;
  /** 1 for the first time this task is run under its key, 2 for the next, whoever runs it again. */
  readonly run: number;
  /** `'1.0'`, `'1.1'`, `'2.0'`: as the job sees it. */
  readonly attempt: Attempt;
}

/**
 * What a fake does: the same each time, a list with one entry for each time a task is run (the last one holds for all
 * that follow), or a function of the task that gives one of these.
 */
export type Scripted<T> = T | readonly T[] | ((task: SubmittedTask, context: ScriptContext) => T | readonly T[]);

/** Which run of it a task is at. */
export function contextOf({ index, run, attempt }: ScriptContext): ScriptContext {
  return { index, run, attempt };
}

/** What `script` says for one run of a task; `undefined` when it says nothing. */
export function readScript<T>(
  script: Scripted<T> | undefined,
  task: SubmittedTask,
  context: ScriptContext,
  isList: (value: unknown) => boolean,
): T | undefined {
  const value =
    typeof script === 'function'
      ? (script as (task: SubmittedTask, context: ScriptContext) => T | readonly T[])(task, context)
      : script;
  if (value === undefined) return undefined;
  if (!isList(value)) return value as T;
  const runs = value as readonly T[];
  return runs[Math.min(context.run, runs.length) - 1];
}

/** For values that are no lists themselves: a list is one of runs. */
export function isListOfRuns(value: unknown): boolean {
  return Array.isArray(value);
}

/** For values that are lists: one with a list in it has an entry for each run. */
export function isListOfLists(value: unknown): boolean {
  return Array.isArray(value) && value.some((one) => Array.isArray(one));
}
