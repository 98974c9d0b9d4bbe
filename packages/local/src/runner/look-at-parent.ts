import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PartDependency } from '../part-dependency.ts';
import { addEnd, NO_ENDS, type PartEnd, parsePartEnd } from '../part-end.ts';
import type { PartPaths } from '../part-paths.ts';
import { parsePartRecord } from '../part-record.ts';
import { readEnds } from './ends-file.ts';

/** What is known of a part that others wait for, by its files alone: it may be another runner's. */
export type ParentLook =
  /** It may still run. `machine`: whose runner is to run it. */
  | { readonly type: 'live'; readonly machine: string }
  | { readonly type: 'ended'; readonly end: PartEnd }
  /** It will never be known how it ends. `why` goes on a sentence that names it. */
  | { readonly type: 'gone'; readonly why: string };

export function lookAtParent(paths: PartPaths, { key }: PartDependency): ParentLook {
  if (isThere(paths.fence)) return { type: 'gone', why: ', which was given up before it was sent' };
  const text = isThere(paths.record) ? readFileSync(paths.record, 'utf8') : undefined;
  if (text === undefined && !isThere(dirname(paths.folder))) throw new Error('The folder of all jobs is not there.');
  if (text === undefined) return { type: 'gone', why: `, of which there is no folder (${paths.folder})` };
  const record = parsePartRecord(text);
  if (!record) return { type: 'gone', why: `, of which the record cannot be read (${paths.record})` };
  if (record.key.key !== key) {
    return { type: 'gone', why: `, whose folder holds the job ${JSON.stringify(record.key.key)} (${paths.folder})` };
  }
  if (!isThere(paths.ended)) return { type: 'live', machine: record.machine };
  return { type: 'ended', end: parsePartEnd(readFileSync(paths.ended, 'utf8')) ?? countEnds(paths.ends) };
}

/** Where the mark itself does not say it. */
function countEnds(path: string): PartEnd {
  let end = NO_ENDS;
  readEnds(path, (line) => {
    end = addEnd(end, line);
  });
  return end;
}

/** Throws where that cannot be said: nothing is concluded from a folder that cannot be read now. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
