import type { JobStatus, Json, Usage } from '@scijob/core/adapter';
import { RecordDamagedError } from '@scijob/core/wrapper';
import { parseCancelRequest } from './cancel-request.ts';
import { isHeld, isInVain } from './dependency-hold.ts';
import { type EndLine, parseEndLine, toFinalStatus, toUsage } from './end-line.ts';
import { isSuccess } from './has-task-ended.ts';
import type { LocalClient } from './local-client.ts';
import { mapLocalState } from './map-local-state.ts';
import type { PartPaths } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';
import { readAttempts, type TaskAttempts } from './read-attempts.ts';
import { readEndLines } from './read-end-lines.ts';
import type { RetryLine } from './retry-line.ts';
import { isRetried } from './retry-policy.ts';
import { parseTaskRecord, type RecordName, type RecordOf, toRecordPath } from './task-records.ts';
import { mayBeMemoryKill, toEnd } from './to-end.ts';

export interface TaskLook {
  readonly status: JobStatus;
  readonly usage?: Usage;
  readonly evidence: Json;
}

export interface TaskPlace {
  readonly client: LocalClient;
  readonly paths: PartPaths;
  readonly record: PartRecord;
  readonly index: number;
  /** Of the task; its further attempts have folders in it. */
  readonly folder: string;
  readonly now: Date;
  /** Somebody is there to conclude ends from records: what it says is waited for, a moment. */
  readonly isRunnerAlive: boolean;
}

/** Where one task is: what the runner concluded, else what the wrapper's records say. Pure reads. */
export async function observeTask(place: TaskPlace): Promise<TaskLook> {
  const { client, record, now } = place;
  // Whether it has ended first: what is read of its attempts after the end is all there is.
  const ended = await readConclusion(place);
  const attempts = await readAttempts(client, record, place.folder);
  const concluded = ended ?? (await concludeFromRecords(place, attempts));
  if (concluded) return toLook(concluded, attempts, record);
  const { attempt, folder, before } = attempts;
  const [claim, start, end] = [
    await readRecord(client, folder, 'claim'),
    await readRecord(client, folder, 'start'),
    await readRecord(client, folder, 'end'),
  ];
  const records = { ...(claim && { claim }), ...(start && { start }), ...(end && { end }) };
  const last = before.at(-1);
  const status = mapLocalState({
    attempt,
    records,
    isCancelling: await isCancelling(place),
    isHeld: claim === undefined && !last && (await isHeld(place, place.index)),
    ...(last && { last }),
    now,
  });
  return { status, evidence: { folder, ...(start && { pid: start.commandPid }), ...toEvidence(before) } };
}

function toLook(line: EndLine, { before }: TaskAttempts, { key, job }: PartRecord): TaskLook {
  return {
    status: toFinalStatus(line, key.submission),
    usage: toUsage(line, job.resources),
    evidence: { ended: line as unknown as Json, ...toEvidence(before) },
  };
}

/** How the attempts before ended, each with what it used. */
function toEvidence(before: readonly RetryLine[]): { readonly before?: Json } {
  return before.length > 0 ? { before: before as unknown as Json } : {};
}

/**
 * A single job has one line in `ends`. A task of an array has a verdict where its own records do not tell; one that
 * never came so far as to have a folder is looked for in the long file, once the part is ending.
 */
async function readConclusion(place: TaskPlace): Promise<EndLine | undefined> {
  const { client, paths, record, folder, index } = place;
  if (!record.job.array) return findEndLine(client, paths.ends, index);
  const verdict = await client.readText(`${folder}/verdict`);
  if (verdict !== undefined) return parseEndLine(verdict);
  if ((await client.status(folder)) !== undefined) return undefined;
  const isEnding =
    (await client.status(paths.ended)) !== undefined ||
    (await isCancelling(place)) ||
    (record.after !== undefined && (await isInVain(place, index)));
  return isEnding ? findEndLine(client, paths.ends, index) : undefined;
}

async function findEndLine(client: LocalClient, path: string, index: number): Promise<EndLine | undefined> {
  for await (const { lines } of readEndLines(client, path, 0)) {
    const found = lines.find(({ line }) => line.index === index);
    if (found) return found.line;
  }
  return undefined;
}

/** With nobody there to conclude, the end record itself says it, unless it may not say all, or not be the last. */
async function concludeFromRecords(place: TaskPlace, attempts: TaskAttempts): Promise<EndLine | undefined> {
  const { client, record, isRunnerAlive } = place;
  const { folder, before } = attempts;
  const isSingle = record.job.array === undefined;
  if (isSingle && isRunnerAlive) return undefined;
  const end = await readRecord(client, folder, 'end');
  if (!end || (isRetried(record.job) && !isSuccess(end))) return undefined;
  const stop = await readRecord(client, folder, 'stop');
  const { memoryGiB } = record.job.resources;
  const evidence = {
    index: place.index,
    end,
    outputs: Object.values(record.job.outputs),
    sentAt: new Date(before.at(-1)?.end.at ?? record.preparedAt),
    ...(stop && { stop }),
    ...(memoryGiB !== undefined && { memoryLimitGiB: memoryGiB }),
  };
  return mayBeMemoryKill(evidence) ? undefined : toEnd(evidence);
}

async function readRecord<Name extends RecordName>(
  client: LocalClient,
  folder: string,
  name: Name,
): Promise<RecordOf<Name> | undefined> {
  try {
    return parseTaskRecord(name, await client.readText(toRecordPath(folder, name)));
  } catch (error) {
    // The runner concludes from the damage; until it has, nothing is known.
    if (error instanceof RecordDamagedError) return undefined;
    throw error;
  }
}

async function isCancelling({ client, paths, index }: TaskPlace): Promise<boolean> {
  for (const name of (await client.list(paths.cancels)) ?? []) {
    const text = await client.readText(`${paths.cancels}/${name}`);
    const request = text === undefined ? undefined : parseCancelRequest(text);
    if (request && (!request.tasks || request.tasks.includes(index))) return true;
  }
  return false;
}
