import type { FailureReason, FinalState, JobRef, Json, Memo, Observation, StateCounts } from '@scijob/core/adapter';
import { toAttempt } from './attempt.ts';
import { parseCancelRequest } from './cancel-request.ts';
import type { EndLine } from './end-line.ts';
import { mapArrayState } from './map-local-state.ts';
import type { Home } from './open-home.ts';
import type { PartRecord } from './part-record.ts';
import { type PartOfJob, partsOf } from './parts-of.ts';
import { readEndLines } from './read-end-lines.ts';
import { parseRunningNote, type RunningNote } from './running-note.ts';
import { countTasks, positionOf } from './task-ranges.ts';

/** So much of the ends of one part is read in one sweep; the rest waits for the next. */
const BYTES_PER_SWEEP = 8 << 20;

/** What is known of the ends of one part up to `offset`. */
interface PartMemo {
  readonly offset: number;
  readonly counts: { readonly [State in FinalState]?: number };
  readonly lastEndAt?: number;
  /** Of the cancelled, those that need not run. */
  readonly unneeded?: number;
  /** How often the task was tried again that was tried most often. */
  readonly restart?: number;
  readonly firstFailure?: { readonly index: number; readonly reason: FailureReason; readonly message: string };
}

/** Where an array is, from the ends that are new since `memo`: the cost is that of what changed. */
export async function observeArray(
  home: Home,
  ref: JobRef,
  memo: Memo | undefined,
  records: readonly PartRecord[],
  now: Date,
): Promise<Observation> {
  const known = parseMemo(memo);
  const next: { [token: string]: PartMemo } = {};
  const counts: { [state: string]: number } = {};
  const parts = partsOf(ref);
  // Of a ref with a part of the items, only those: the others are somebody else's to count.
  const total = parts.reduce((sum, { current }) => sum + countTasks(current), 0);
  let running = 0;
  let held = 0;
  let unneeded = 0;
  let restart = 0;
  let isCancelled = true;
  const isDependent = records.some(({ after }) => after !== undefined);
  let firstFailure: PartMemo['firstFailure'];
  let lastEndAt: number | undefined;
  for (const part of parts) {
    if (part.current.length === 0) continue;
    const told = await readPart(home, part, known[part.token] ?? { offset: 0, counts: {} });
    next[part.token] = told;
    for (const [state, count] of Object.entries(told.counts)) counts[state] = (counts[state] ?? 0) + count;
    const note = await readNote(home, part);
    running += note?.running.length ?? 0;
    held += note ? (note.held ?? 0) : isDependent ? countTasks(part.current) : 0;
    unneeded += told.unneeded ?? 0;
    restart = Math.max(restart, told.restart ?? 0, note?.restart ?? 0);
    isCancelled &&= await isAllCancelled(home, part);
    firstFailure ??= told.firstFailure;
    if (told.lastEndAt !== undefined) lastEndAt = Math.max(lastEndAt ?? 0, told.lastEndAt);
  }
  const ended = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const left = total - ended;
  const isRunning = Math.min(running, left);
  const isHeld = Math.min(held, left - isRunning);
  const queued = left - isRunning - isHeld;
  const live: StateCounts = isCancelled
    ? { ...(left > 0 && { cancelling: left }) }
    : {
        ...(isRunning > 0 && { running: isRunning }),
        ...(queued > 0 && { queued }),
        ...(isHeld > 0 && { held: isHeld }),
      };
  const all: StateCounts = { ...counts, ...live };
  // The newest of any task: it reopens what was known of the array.
  const attempt = toAttempt(parts.at(-1)?.submission ?? 1, restart);
  return {
    ref,
    status: mapArrayState({
      attempt,
      counts: { ...all, running: isRunning },
      total,
      isCancelled,
      isHeld: isDependent,
      isUnneeded: unneeded > 0 && unneeded === counts['cancelled'],
      now,
      ...(firstFailure && { firstFailure }),
      ...(lastEndAt !== undefined && { lastEndAt: new Date(lastEndAt) }),
    }),
    counts: all,
    evidence: { parts: parts.map((part) => home.part(part.token).ends), counts: all },
    memo: next as unknown as Json,
  };
}

async function readPart(home: Home, part: PartOfJob, from: PartMemo): Promise<PartMemo> {
  const counts: { [State in FinalState]?: number } = { ...from.counts };
  let { offset, firstFailure, lastEndAt, unneeded = 0, restart = 0 } = from;
  const isWhole = countTasks(part.current) === countTasks(part.tasks);
  for await (const piece of readEndLines(home.client, home.part(part.token).ends, offset)) {
    offset = piece.offset;
    for (const { line } of piece.lines) {
      if (!isWhole && positionOf(part.current, line.index) === undefined) continue;
      counts[line.state] = (counts[line.state] ?? 0) + 1;
      lastEndAt = Math.max(lastEndAt ?? 0, line.at);
      firstFailure ??= toFailure(line);
      if (line.state === 'cancelled' && line.reason === 'dependency-failed') unneeded += 1;
      restart = Math.max(restart, line.restart ?? 0);
    }
    if (offset - from.offset > BYTES_PER_SWEEP) break;
  }
  return {
    offset,
    counts,
    ...(lastEndAt !== undefined && { lastEndAt }),
    ...(firstFailure && { firstFailure }),
    ...(unneeded > 0 && { unneeded }),
    ...(restart > 0 && { restart }),
  };
}

function toFailure({ state, index, reason = 'unknown', message = '' }: EndLine): PartMemo['firstFailure'] {
  return state === 'failed' || state === 'lost' ? { index, reason, message } : undefined;
}

async function readNote(home: Home, part: PartOfJob): Promise<RunningNote | undefined> {
  const text = await home.client.readText(home.part(part.token).running);
  return text === undefined ? undefined : parseRunningNote(text);
}

async function isAllCancelled(home: Home, part: PartOfJob): Promise<boolean> {
  const { cancels } = home.part(part.token);
  for (const name of (await home.client.list(cancels)) ?? []) {
    const text = await home.client.readText(`${cancels}/${name}`);
    const request = text === undefined ? undefined : parseCancelRequest(text);
    if (request && !request.tasks) return true;
  }
  return false;
}

/** Only ever what an earlier sweep handed out. */
function parseMemo(memo: Memo | undefined): { readonly [token: string]: PartMemo } {
  return typeof memo === 'object' && memo !== null ? (memo as unknown as { readonly [token: string]: PartMemo }) : {};
}
