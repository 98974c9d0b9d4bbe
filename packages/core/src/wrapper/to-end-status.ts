import { constants } from 'node:os';
import type { FailureReason } from '../state/failure-reason.ts';
import type { FinalStatus } from '../state/job-status.ts';
import type { EndRecord } from './end-record.ts';
import type { StopRecord } from './stop-record.ts';
import type { WrapperOutput } from './wrapper-task.ts';

export interface EndContext {
  /** The `stop` record, if there is one. */
  readonly stop?: StopRecord;
  /** As given to the wrapper: `missingOutput` counts in it. */
  readonly outputs: readonly WrapperOutput[];
  /** The backend's own word for the same end. */
  readonly nativeWord?: string;
}

/** What a task's end means. Pure: the same records give the same status in any process. */
export function toEndStatus(end: EndRecord, { stop, outputs, nativeWord }: EndContext): FinalStatus {
  const base = {
    attempt: end.attempt,
    at: end.endedAt,
    ...(nativeWord === undefined ? {} : { raw: nativeWord }),
    ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
  };
  const failure = toFailure(end, stop, outputs);
  if (failure === undefined) {
    return { ...base, state: 'succeeded' };
  }
  const isCancelled = failure.reason === 'cancelled-by-user' || failure.reason === 'cancelled-by-admin';
  return { ...base, ...failure, state: isCancelled ? 'cancelled' : 'failed' };
}

interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

function toFailure(
  end: EndRecord,
  stop: StopRecord | undefined,
  outputs: readonly WrapperOutput[],
): Failure | undefined {
  const isClean = end.exitCode === 0 && end.reason === undefined && end.missingOutput === undefined && !end.refused;
  if (isClean) {
    return undefined;
  }
  if (end.refused) {
    return {
      reason: 'infrastructure',
      message: 'Another native job holds the claim on this task: this one ran nothing.',
    };
  }
  if (stop !== undefined) {
    return { reason: stop.reason, message: stop.message };
  }
  if (end.reason === 'time-limit') {
    return {
      reason: 'time-limit',
      message: `The command was still running at its time limit and was ended (${ending(end)}).`,
    };
  }
  if (end.missingOutput !== undefined) {
    const output = outputs[end.missingOutput];
    const what = output === undefined ? `number ${end.missingOutput}` : JSON.stringify(output.path);
    const problem =
      output?.type === 'files' ? 'no file matches the required output' : 'there is no file at the required output';
    return { reason: 'output-missing', message: `The command exited with 0, but ${problem} ${what}.` };
  }
  if (end.reason !== undefined) {
    return { reason: end.reason, message: end.note ?? `The command was not run to its end (${ending(end)}).` };
  }
  return toOwnFailure(end);
}

/** Nobody but the command, or somebody unknown, is the cause. */
function toOwnFailure(end: EndRecord): Failure {
  const termed = end.terminated ? ' Its wrapper had been sent SIGTERM; who sent it is not recorded.' : '';
  if (end.signal === undefined) {
    return { reason: 'exit-nonzero', message: `The command exited with ${end.exitCode}.${termed}` };
  }
  // A crash is the program's own doing; KILL, TERM and the like come from somebody, and nobody said who.
  const reason = CRASHES.has(signalName(end.signal)) ? 'exit-nonzero' : 'unknown';
  return {
    reason,
    message: `The command was killed by ${signalName(end.signal)} (or exited with ${128 + end.signal} itself: a shell cannot tell).${termed}`,
  };
}

function ending(end: EndRecord): string {
  if (end.signal !== undefined) {
    return signalName(end.signal);
  }
  return end.exitCode === undefined ? 'exit code not known' : `exit code ${end.exitCode}`;
}

const CRASHES: ReadonlySet<string> = new Set([
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGPIPE',
  'SIGXFSZ',
  'SIGSYS',
]);

function signalName(signal: number): string {
  const names = Object.entries(constants.signals).filter(([, number]) => number === signal);
  // Old second names (SIGIOT, SIGPOLL) come after the usual one.
  return names[0]?.[0] ?? `signal ${signal}`;
}
