import { join } from 'node:path';

/** Where everything of a ledger stands. */
export interface LedgerFolder {
  readonly root: string;
  readonly id: string;
  readonly segments: string;
  readonly payloads: string;
  readonly claims: string;
  readonly beats: string;
  readonly snapshots: string;
}

export function ledgerFolder(root: string): LedgerFolder {
  return {
    root,
    id: join(root, 'id'),
    segments: join(root, 'segments'),
    payloads: join(root, 'payloads'),
    claims: join(root, 'claims'),
    beats: join(root, 'beats'),
    snapshots: join(root, 'snapshots'),
  };
}

export function segmentPath(segmentsFolder: string, segment: string): string {
  return join(segmentsFolder, `${segment}${SEGMENT_ENDING}`);
}

/** Names of the segments among the names of files, oldest session first. */
export function segmentNames(fileNames: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const fileName of fileNames) {
    const name = fileName.slice(0, -SEGMENT_ENDING.length);
    if (fileName.endsWith(SEGMENT_ENDING) && SEGMENT_NAME.test(name)) names.push(name);
  }
  return names.sort(compareSegmentNames);
}

/** The first segment of a session is named after it; those after a failure have a number. */
export function segmentName(sessionId: string, number: number): string {
  return number === 1 ? sessionId : `${sessionId}-${number}`;
}

export function compareSegmentNames(a: string, b: string): number {
  const [sessionA = '', numberA = '1'] = a.split('-');
  const [sessionB = '', numberB = '1'] = b.split('-');
  if (sessionA !== sessionB) return sessionA < sessionB ? -1 : 1;
  return Number(numberA) - Number(numberB);
}

const SEGMENT_ENDING = '.jsonl';
const SEGMENT_NAME = /^[0-9a-z]+(?:-[0-9]+)?$/;
