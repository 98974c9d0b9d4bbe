import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@scijob/core/adapter';
import { type EndRecord, RecordDamagedError, type StartRecord, toFence } from '@scijob/core/wrapper';
import { type EndLine, parseEndLine, toEndLine } from '../end-line.ts';
import { isAlive } from '../process-identity.ts';
import { toRecordPath } from '../task-records.ts';
import { toEnd } from '../to-end.ts';
import { killTask } from './kill-task.ts';
import { readRecord } from './read-record.ts';
import type { RunningTask } from './running-task.ts';
import { tolerant } from './tolerant.ts';

/** A record may be on its way to the disk while its writer dies: it is read once more after this. */
const SECOND_LOOK_MS = 2_000;

/** How an attempt ended. */
export interface Conclusion {
  readonly line: EndLine;
  /** Its wrapper's records alone do not say it. */
  readonly isOwn: boolean;
}

/** How an attempt ended, or `undefined` while it has not, as far as can be known now. */
export function findEnd(task: RunningTask, nowMs: number): Conclusion | undefined {
  let end: EndRecord | undefined;
  try {
    end = readRecord(task.folder, 'end');
  } catch (error) {
    if (!(error instanceof RecordDamagedError)) throw error;
    return toLost(task, { damaged: error.message });
  }
  if (end) return toEndOf(task, end);
  const claim = tolerant(() => readRecord(task.folder, 'claim'));
  const holder = startOf(task)?.process ?? claim?.process;
  if (task.worker || (holder && isAlive(holder))) {
    delete task.goneSinceMs;
    return undefined;
  }
  // Who creates the claim decides: if that is us, nothing of it ever ran, and nothing will.
  if (!claim && fence(task.folder)) return toNeverStarted(task);
  task.goneSinceMs ??= nowMs;
  if (nowMs - task.goneSinceMs < SECOND_LOOK_MS) return undefined;
  return toLost(task, { claim: claim ? { nativeId: claim.nativeId, process: { ...claim.process } } : null });
}

/** The start record, read once it is there. */
export function startOf(task: RunningTask): StartRecord | undefined {
  task.start ??= tolerant(() => readRecord(task.folder, 'start'));
  return task.start;
}

/** Claims a task for nobody; false when somebody has claimed it. */
export function fence(folder: string): boolean {
  try {
    writeFileSync(toRecordPath(folder, 'claim'), toFence(), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Keeps, in a task's own folder, an end that its wrapper's records do not tell, or not for good. */
export function writeVerdict(folder: string, line: EndLine): void {
  if (existsSync(folder)) writeFileSync(join(folder, 'verdict'), `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

export function readVerdict(folder: string): EndLine | undefined {
  const path = join(folder, 'verdict');
  return existsSync(path) ? parseEndLine(readFileSync(path, 'utf8')) : undefined;
}

function toEndOf(task: RunningTask, end: EndRecord): Conclusion {
  const { part, group, peakBytes } = task;
  // Who ended well was not stopped, whatever somebody wrote meanwhile: one file less to look for.
  const stop = end.exitCode === 0 && !end.reason ? undefined : tolerant(() => readRecord(task.folder, 'stop'));
  const memoryKills = group?.kills() ?? 0;
  const { memoryGiB } = part.record.job.resources;
  const line = toEnd({
    index: task.index,
    end,
    outputs: Object.values(part.record.job.outputs),
    sentAt: task.sentAt,
    memoryKills,
    ...(stop && { stop }),
    ...(peakBytes !== undefined && { sampledPeakBytes: peakBytes }),
    ...(memoryGiB !== undefined && { memoryLimitGiB: memoryGiB }),
  });
  return { line, isOwn: memoryKills > 0 };
}

/** The process is gone and left no end: nothing of it may run on, and nobody knows how far it came. */
function toLost(task: RunningTask, seen: { readonly [what: string]: Json }): Conclusion {
  const start = startOf(task);
  const killed = start ? killTask(start, task.folder) : [];
  const memoryKills = task.group?.kills() ?? 0;
  const base = { attempt: task.attempt, at: new Date() } as const;
  const line = toEndLine(
    task.index,
    memoryKills > 0
      ? {
          ...base,
          state: 'failed',
          reason: 'out-of-memory',
          message: 'The kernel killed it, and the shell that watched it, at its memory limit.',
        }
      : { ...base, state: 'lost', reason: 'unknown', message: toLostMessage(start) },
    {
      evidence: {
        ...seen,
        startedPid: start?.commandPid ?? null,
        killed,
        memoryKills,
        secondLookAfterMs: SECOND_LOOK_MS,
      },
    },
  );
  return { line, isOwn: true };
}

function toLostMessage(start: StartRecord | undefined): string {
  const what = start ? `The shell that watched it (pid ${start.process.pid})` : 'The shell that was to run it';
  return `${what} is gone and left no record of an end: killed, or the machine was restarted. What it did until then is unknown.`;
}

function toNeverStarted(task: RunningTask): Conclusion {
  const stop = tolerant(() => readRecord(task.folder, 'stop'));
  const base = { attempt: task.attempt, at: new Date() } as const;
  const line = toEndLine(
    task.index,
    stop?.reason === 'cancelled-by-user'
      ? { ...base, state: 'cancelled', reason: stop.reason, message: stop.message }
      : { ...base, state: 'failed', reason: 'infrastructure', message: NEVER_STARTED },
    {},
  );
  return { line, isOwn: true };
}

const NEVER_STARTED =
  'It was never started: its shell could not read the argument file or write the claim. Nothing of it ran.';
