import type { Attempt, JobStatus, Json, Resources, Usage } from '@scijob/core/adapter';
import { RecordDamagedError } from '@scijob/core/wrapper';
import { parseCancelRequest } from './cancel-request.ts';
import { type EndLine, parseEndLine, toFinalStatus, toUsage } from './end-line.ts';
import type { LocalClient } from './local-client.ts';
import { mapLocalState } from './map-local-state.ts';
import type { PartPaths } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';
import { readEndLines } from './read-end-lines.ts';
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
  readonly folder: string;
  readonly now: Date;
  /** Somebody is there to conclude ends from records: what it says is waited for, a moment. */
  readonly isRunnerAlive: boolean;
}

/** Where one task is: what the runner concluded, else what the wrapper's records say. Pure reads. */
export async function observeTask(place: TaskPlace): Promise<TaskLook> {
  const { record, now } = place;
  const attempt: Attempt = `${record.key.submission}.0`;
  const concluded = (await readConclusion(place)) ?? (await concludeFromRecords(place));
  if (concluded) return toLook(concluded, attempt, record.job.resources);
  const [claim, start, end] = [
    await readRecord(place, 'claim'),
    await readRecord(place, 'start'),
    await readRecord(place, 'end'),
  ];
  const records = { ...(claim && { claim }), ...(start && { start }), ...(end && { end }) };
  const status = mapLocalState({ attempt, records, isCancelling: await isCancelling(place), now });
  return { status, evidence: { folder: place.folder, ...(start && { pid: start.commandPid }) } };
}

function toLook(line: EndLine, attempt: Attempt, requested: Resources): TaskLook {
  return {
    status: toFinalStatus(line, attempt),
    usage: toUsage(line, requested),
    evidence: { ended: line as unknown as Json },
  };
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
  const isEnding = (await client.status(paths.ended)) !== undefined || (await isCancelling(place));
  return isEnding ? findEndLine(client, paths.ends, index) : undefined;
}

async function findEndLine(client: LocalClient, path: string, index: number): Promise<EndLine | undefined> {
  for await (const { lines } of readEndLines(client, path, 0)) {
    const found = lines.find(({ line }) => line.index === index);
    if (found) return found.line;
  }
  return undefined;
}

/** With nobody there to conclude, the end record itself says it, unless it may not say all. */
async function concludeFromRecords(place: TaskPlace): Promise<EndLine | undefined> {
  const { record, isRunnerAlive } = place;
  const isSingle = record.job.array === undefined;
  if (isSingle && isRunnerAlive) return undefined;
  const end = await readRecord(place, 'end');
  if (!end) return undefined;
  const stop = await readRecord(place, 'stop');
  const { memoryGiB } = record.job.resources;
  const evidence = {
    index: place.index,
    end,
    outputs: Object.values(record.job.outputs),
    sentAt: new Date(record.preparedAt),
    ...(stop && { stop }),
    ...(memoryGiB !== undefined && { memoryLimitGiB: memoryGiB }),
  };
  return mayBeMemoryKill(evidence) ? undefined : toEnd(evidence);
}

async function readRecord<Name extends RecordName>(place: TaskPlace, name: Name): Promise<RecordOf<Name> | undefined> {
  try {
    return parseTaskRecord(name, await place.client.readText(toRecordPath(place.folder, name)));
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
