import { constants } from 'node:os';
import type { FakeEnd, FakeFiles, FakeLogLine, FakeScript, ScriptContext, SubmittedTask } from '@scijob/testing';
import type { Does, TaskScript } from '@scijob/testing/conformance';

/** What the tasks of the suite do, as the fake is told. */
export function toFakeScript(script: TaskScript): FakeScript {
  const doesOf = (task: SubmittedTask, { index }: ScriptContext) => script.does(task, index);
  return {
    ends: (task, context) => toEnd(doesOf(task, context)),
    runSeconds: (task, context) => doesOf(task, context).seconds ?? 0,
    logs: (task, context) => toLines(doesOf(task, context)),
    outputs: (task, context) => toFiles(task, doesOf(task, context)),
  };
}

function toEnd({ exitCode = 0, signal }: Does): FakeEnd {
  if (signal !== undefined) {
    const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
    return { reason: 'unknown', message: `The command was killed by ${name ?? signal}.` };
  }
  if (exitCode === 0) return 'succeeded';
  return { reason: 'exit-nonzero', exitCode, message: `The command exited with ${exitCode}.` };
}

/** Lines as a log reader makes them of what a program prints. */
function toLines({ stdout = '', stderr = '' }: Does): readonly FakeLogLine[] {
  return [...linesOf(stdout, 'stdout'), ...linesOf(stderr, 'stderr')];
}

function linesOf(text: string, stream: 'stdout' | 'stderr'): readonly FakeLogLine[] {
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => ({ text: line.replace(/\r$/, ''), stream }));
}

/** The fake leaves what is declared unless told otherwise; a program of the suite leaves what it says, and nothing else. */
function toFiles({ outputs }: SubmittedTask, { files = {} }: Does): FakeFiles {
  const nothing = Object.fromEntries(Object.values(outputs).map(({ path }) => [path, null]));
  return { ...nothing, ...files };
}
