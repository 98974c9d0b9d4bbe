import type { Usage } from '@scijob/core/adapter';
import type { FakeScript } from './fake-options.ts';
import type { FakeTask } from './native-object.ts';
import { contextOf, isListOfRuns, readScript } from './scripted.ts';
import { type DeclaredOutput, type TaskFiles, toTaskFiles } from './task-files.ts';
import { brokenScript, type PlannedEnd, toPlannedEnd } from './task-plan.ts';

/**
 * How a run really ends, and what it leaves: a success that lacks a required output is none. Without a script there is
 * nothing to find out: what is declared is there.
 */
export function settleEnd(
  script: FakeScript,
  task: FakeTask,
  planned: PlannedEnd,
  declared: readonly DeclaredOutput[],
  at: Date,
): { readonly end: PlannedEnd; readonly files?: TaskFiles['files'] } {
  if (planned.state !== 'succeeded' || script.outputs === undefined || declared.length === 0) return { end: planned };
  try {
    const given = readScript(script.outputs, task.job, contextOf(task), isListOfRuns);
    const { files, missing } = toTaskFiles(task.job, declared, given, at);
    if (!missing) return { end: planned, files };
    const message = `The command ended well, but its output "${missing.name}" (${missing.output.path}) is not there.`;
    return { end: toPlannedEnd({ reason: 'output-missing', exitCode: planned.exitCode, message }), files };
  } catch (error) {
    return { end: toPlannedEnd(brokenScript(error)) };
  }
}

/** What the script says a task used; nothing when it throws, for the task has ended already. */
export function scriptedUsage(script: FakeScript, task: FakeTask): Partial<Usage> | undefined {
  try {
    return readScript(script.usage, task.job, contextOf(task), isListOfRuns);
  } catch {
    return undefined;
  }
}
