import type { FailureReason, FinalStatus, Json, Resources, Usage } from '@scijob/core/adapter';
import { toAttempt, toRestart } from './attempt.ts';

/** One line of `ends`: how a task ended, as the runner concluded from its records. */
export interface EndLine {
  readonly index: number;
  /** How often the task was tried again before; absent for never. */
  readonly restart?: number;
  readonly state: FinalStatus['state'];
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly exitCode?: number;
  readonly reason?: FailureReason;
  readonly message?: string;
  readonly raw?: string;
  readonly queuedSeconds?: number;
  readonly wallSeconds?: number;
  readonly cpuSeconds?: number;
  readonly peakMemoryGiB?: number;
  /** What was seen, where the records alone do not say it. */
  readonly evidence?: Json;
}

export function toEndLine(
  index: number,
  status: FinalStatus,
  rest: Omit<EndLine, 'index' | 'restart' | 'state' | 'at' | 'exitCode' | 'reason' | 'message' | 'raw'>,
): EndLine {
  const { attempt, at, waitingFor: _waitingFor, ...said } = status;
  const restart = toRestart(attempt);
  return { index, ...(restart > 0 && { restart }), ...said, at: at.getTime(), ...rest };
}

export function toFinalStatus(line: EndLine, submission: number): FinalStatus {
  const base = {
    attempt: toAttempt(submission, line.restart),
    at: new Date(line.at),
    ...(line.raw !== undefined && { raw: line.raw }),
    ...(line.exitCode !== undefined && { exitCode: line.exitCode }),
  };
  if (line.state === 'succeeded') return { ...base, state: line.state };
  return { ...base, state: line.state, reason: line.reason ?? 'unknown', message: line.message ?? '' };
}

export function toUsage(line: EndLine, requested: Resources): Usage {
  const { wallSeconds, cpuSeconds, peakMemoryGiB, queuedSeconds } = line;
  const whole = wallSeconds !== undefined && cpuSeconds !== undefined && peakMemoryGiB !== undefined;
  const any = wallSeconds !== undefined || cpuSeconds !== undefined || peakMemoryGiB !== undefined;
  return {
    ...(wallSeconds !== undefined && { wallSeconds }),
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(peakMemoryGiB !== undefined && { peakMemoryGiB }),
    ...(queuedSeconds !== undefined && { queuedSeconds }),
    requested,
    quality: whole ? 'measured' : any ? 'partial' : 'requested-only',
  };
}

export interface PlacedEndLine {
  readonly line: EndLine;
  /** How many bytes into the piece it ends. */
  readonly endBytes: number;
}

const LINE_END = 10;

/** The whole lines of a piece of `ends`, and how many bytes they take; a torn one at the end waits for the rest. */
export function parseEndLines(bytes: Uint8Array): {
  readonly lines: readonly PlacedEndLine[];
  readonly readBytes: number;
} {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: PlacedEndLine[] = [];
  let start = 0;
  for (let end = text.indexOf(LINE_END); end >= 0; end = text.indexOf(LINE_END, start)) {
    const line = end === start ? undefined : parseEndLine(text.toString('utf8', start, end));
    start = end + 1;
    if (line) lines.push({ line, endBytes: start });
  }
  return { lines, readBytes: start };
}

/** `undefined` for a line that a crash cut short and the next runner ended: its task has another line further down. */
export function parseEndLine(text: string): EndLine | undefined {
  try {
    const value: Partial<EndLine> = JSON.parse(text);
    const whole = typeof value.index === 'number' && typeof value.state === 'string' && typeof value.at === 'number';
    return whole ? (value as EndLine) : undefined;
  } catch {
    return undefined;
  }
}
