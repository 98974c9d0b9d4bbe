import type { FailureReason, FinalStatus } from '@scijob/core/adapter';
import { FAILURE_REASONS } from '@scijob/core/adapter';
import type { FakeEnd, FakeLines, FakeLogLine, FakePhase, FakeScript } from './fake-options.ts';
import { isListOfLists, isListOfRuns, readScript, type ScriptContext, type SubmittedTask } from './scripted.ts';

/** One run of a task, read from the script before it begins. */
export interface TaskPlan {
  readonly phases: readonly FakePhase[];
  readonly end: PlannedEnd;
}

export type PlannedEnd =
  | { readonly state: 'succeeded'; readonly exitCode: number; readonly raw: string }
  | {
      readonly state: 'failed' | 'cancelled' | 'lost';
      readonly reason: FailureReason;
      readonly exitCode?: number;
      readonly message: string;
      readonly raw: string;
    };

export interface PlannedLine extends FakeLogLine {
  readonly stream: NonNullable<FakeLogLine['stream']>;
  readonly atSeconds: number;
}

/** What one run of a task will be like. A script that throws ends it, and says so: nobody should look for that elsewhere. */
export function toTaskPlan(script: FakeScript, task: SubmittedTask, context: ScriptContext): TaskPlan {
  try {
    const phases = readScript<readonly FakePhase[]>(script.phases, task, context, isListOfLists) ?? [
      { state: 'queued', seconds: readScript(script.queueSeconds, task, context, isListOfRuns) ?? 0 },
      { state: 'running', seconds: readScript(script.runSeconds, task, context, isListOfRuns) ?? 0 },
    ];
    for (const { seconds = 0 } of phases) requireSeconds(seconds);
    return { phases, end: toPlannedEnd(readScript(script.ends, task, context, isListOfRuns) ?? 'succeeded') };
  } catch (error) {
    return { phases: [], end: toPlannedEnd(brokenScript(error)) };
  }
}

/** How a task ends whose script threw. */
export function brokenScript(error: unknown): FakeEnd {
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'misconfigured', message: `The script of the fake threw: ${message}` };
}

/** @throws TypeError for what is no end */
export function toPlannedEnd(end: FakeEnd): PlannedEnd {
  const given = typeof end === 'string' ? (end === 'succeeded' ? { state: end } : { reason: end }) : end;
  if (given !== null && 'reason' in given && (FAILURE_REASONS as readonly string[]).includes(given.reason)) {
    const { reason, state = STATES[reason] ?? 'failed', exitCode = EXIT_CODES[reason] } = given;
    return {
      state,
      reason,
      ...(exitCode === undefined ? {} : { exitCode }),
      message: given.message ?? toMessage(reason, exitCode),
      raw: given.raw ?? state.toUpperCase(),
    };
  }
  if (given !== null && 'state' in given && given.state === 'succeeded') {
    return { state: 'succeeded', exitCode: given.exitCode ?? 0, raw: given.raw ?? 'SUCCEEDED' };
  }
  throw new TypeError(
    `\`ends\` is 'succeeded' or a reason (${FAILURE_REASONS.join(', ')}), or an object with a \`reason\`, got ${JSON.stringify(end)}.`,
  );
}

const STATES: { readonly [Reason in FailureReason]?: FinalStatus['state'] & ('cancelled' | 'failed') } = {
  'cancelled-by-user': 'cancelled',
  'cancelled-by-admin': 'cancelled',
};
const EXIT_CODES: { readonly [Reason in FailureReason]?: number } = { 'exit-nonzero': 1, 'out-of-memory': 137 };

function toMessage(reason: FailureReason, exitCode: number | undefined): string {
  const code = exitCode === undefined ? '' : ` The exit code is ${exitCode}.`;
  return `The fake was told to end it with "${reason}".${code}`;
}

/** The lines one run prints, in the order they come. */
export function toPlannedLines(
  script: FakeScript,
  task: SubmittedTask,
  context: ScriptContext,
): readonly PlannedLine[] {
  const lines = readScript<FakeLines>(script.logs, task, context, isListOfLists);
  if (lines === undefined) return [];
  const list = typeof lines === 'string' ? toTextLines(lines) : lines;
  let atSeconds = 0;
  return list
    .map((line): PlannedLine => {
      const { stream = 'stdout', ...given }: FakeLogLine = typeof line === 'string' ? { text: line } : line;
      atSeconds = given.atSeconds ?? atSeconds;
      return { ...given, stream, atSeconds };
    })
    .sort((a, b) => a.atSeconds - b.atSeconds);
}

function toTextLines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function requireSeconds(seconds: number): void {
  if (typeof seconds === 'number' && seconds >= 0) return;
  throw new TypeError(`Times of a fake are seconds, zero or more, got ${String(seconds)}.`);
}
