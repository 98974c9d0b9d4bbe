import type { FailureReason, FinalState, JobRef, Json, Memo, Observation, StateCounts } from '@scijob/core/adapter';
import { parseCancelRequest } from './cancel-request.ts';
import type { EndLine } from './end-line.ts';
import { mapArrayState } from './map-local-state.ts';
import type { Home } from './open-home.ts';
import { type PartOfJob, partsOf } from './parts-of.ts';
import { readEndLines } from './read-end-lines.ts';
import { parseRunningNote } from './running-note.ts';
import { countTasks, positionOf } from './task-ranges.ts';

/** So much of the ends of one part is read in one sweep; the rest waits for the next. */
const BYTES_PER_SWEEP = 8 << 20;

/** What is known of the ends of one part up to `offset`. */
interface PartMemo {
  readonly offset: number;
  readonly counts: { readonly [State in FinalState]?: number };
  readonly lastEndAt?: number;
  readonly firstFailure?: { readonly index: number; readonly reason: FailureReason; readonly message: string };
}

/** Where an array is, from the ends that are new since `memo`: the cost is that of what changed. */
export async function observeArray(home: Home, ref: JobRef, memo: Memo | undefined, now: Date): Promise<Observation> {
  const known = parseMemo(memo);
  const next: { [token: string]: PartMemo } = {};
  const counts: { [state: string]: number } = {};
  const parts = partsOf(ref);
  const total = ref.count ?? 0;
  let running = 0;
  let isCancelled = true;
  let firstFailure: PartMemo['firstFailure'];
  let lastEndAt: number | undefined;
  for (const part of parts) {
    if (part.current.length === 0) continue;
    const told = await readPart(home, part, known[part.token] ?? { offset: 0, counts: {} });
    next[part.token] = told;
    for (const [state, count] of Object.entries(told.counts)) counts[state] = (counts[state] ?? 0) + count;
    running += await countRunning(home, part);
    isCancelled &&= await isAllCancelled(home, part);
    firstFailure ??= told.firstFailure;
    if (told.lastEndAt !== undefined) lastEndAt = Math.max(lastEndAt ?? 0, told.lastEndAt);
  }
  const ended = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const left = total - ended;
  const isRunning = Math.min(running, left);
  const live: StateCounts = isCancelled
    ? { ...(left > 0 && { cancelling: left }) }
    : { ...(isRunning > 0 && { running: isRunning }), ...(left > isRunning && { queued: left - isRunning }) };
  const all: StateCounts = { ...counts, ...live };
  const attempt = parts.at(-1)?.attempt ?? '1.0';
  return {
    ref,
    status: mapArrayState({
      attempt,
      counts: { ...all, running: isRunning },
      total,
      isCancelled,
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
  let { offset, firstFailure, lastEndAt } = from;
  const isWhole = countTasks(part.current) === countTasks(part.tasks);
  for await (const piece of readEndLines(home.client, home.part(part.token).ends, offset)) {
    offset = piece.offset;
    for (const { line } of piece.lines) {
      if (!isWhole && positionOf(part.current, line.index) === undefined) continue;
      counts[line.state] = (counts[line.state] ?? 0) + 1;
      lastEndAt = Math.max(lastEndAt ?? 0, line.at);
      firstFailure ??= toFailure(line);
    }
    if (offset - from.offset > BYTES_PER_SWEEP) break;
  }
  return { offset, counts, ...(lastEndAt !== undefined && { lastEndAt }), ...(firstFailure && { firstFailure }) };
}

function toFailure({ state, index, reason = 'unknown', message = '' }: EndLine): PartMemo['firstFailure'] {
  return state === 'failed' || state === 'lost' ? { index, reason, message } : undefined;
}

async function countRunning(home: Home, part: PartOfJob): Promise<number> {
  const text = await home.client.readText(home.part(part.token).running);
  return (text === undefined ? undefined : parseRunningNote(text))?.running.length ?? 0;
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
