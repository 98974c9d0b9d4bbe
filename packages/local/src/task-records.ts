import { join } from 'node:path';
import {
  type ClaimRecord,
  type EndRecord,
  type OutputRecord,
  parseClaimRecord,
  parseEndRecord,
  parseOutputRecords,
  parseStartRecord,
  parseStopRecord,
  type StartRecord,
  type StopRecord,
} from '@scijob/core/wrapper';

/** What the wrapper, and whoever stopped it, wrote about one task. Not there, or not whole yet: absent. */
export interface TaskRecords {
  readonly claim?: ClaimRecord;
  readonly start?: StartRecord;
  readonly end?: EndRecord;
  readonly stop?: StopRecord;
}

const PARSERS = {
  claim: parseClaimRecord,
  start: parseStartRecord,
  end: parseEndRecord,
  stop: parseStopRecord,
  outputs: parseOutputRecords,
} as const;

export type RecordName = keyof typeof PARSERS;
export type RecordOf<Name extends RecordName> = Name extends 'outputs'
  ? readonly OutputRecord[]
  : Required<TaskRecords>[Exclude<Name, 'outputs'>];

/** Reads one record of a task's folder. Throws `RecordDamagedError` for one that is whole but nonsense. */
export function parseTaskRecord<Name extends RecordName>(
  name: Name,
  text: string | undefined,
): RecordOf<Name> | undefined {
  return text === undefined ? undefined : (PARSERS[name](text) as RecordOf<Name> | undefined);
}

export function toRecordPath(folder: string, name: RecordName): string {
  return join(folder, name);
}
