import type { FakeLogLine, FakeScript } from './fake-options.ts';
import type { FakeTask, StoredLine } from './native-object.ts';
import { contextOf } from './scripted.ts';
import { type PlannedLine, toPlannedLines } from './task-plan.ts';

/** The lines one run of a task is to print. @throws what the script throws */
export function openLog(script: FakeScript, task: FakeTask): readonly PlannedLine[] {
  return toPlannedLines(script, task.job, contextOf(task));
}

/** Prints what is due; says when the next line is, if there is one. */
export function printDue(task: FakeTask, nowMs: number, dateOf: (ms: number) => Date): number | undefined {
  const startedMs = task.startedMs ?? nowMs;
  for (; task.nextLine < task.planned.length; task.nextLine += 1) {
    const line = task.planned[task.nextLine];
    if (!line) continue;
    const atMs = startedMs + line.atSeconds * 1_000;
    if (atMs > nowMs) return atMs;
    addLine(task, line, dateOf(atMs));
  }
  return undefined;
}

export function addLine(task: FakeTask, { text, stream = 'stdout', late }: FakeLogLine, at: Date): void {
  const line: StoredLine = {
    text,
    stream,
    at,
    attempt: task.attempt,
    index: task.index,
    ...(late ? { late } : {}),
  };
  task.object.lines.push(line);
  if (task.lines !== task.object.lines) task.lines.push(line);
}
