import { KeyConflictError } from '../errors/key-conflict-error.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { standingIntent } from './job-history-ref.ts';
import { differingFields, type JobRequest } from './job-request.ts';
import { readResolvedText } from './read-resolved.ts';

/** @throws KeyConflictError naming what differs between the job that has the key and the one that is asked for */
export async function requireSameJob(
  history: JobHistory,
  request: JobRequest,
  slot: AdapterSlot,
  ledger: Ledger,
): Promise<void> {
  const first = standingIntent(history);
  const fields: string[] = [];
  const target = await slot.target();
  if (target.adapter !== first.target.adapter || target.id !== first.target.id) fields.push('on');
  if (first.jobHash !== request.hash) {
    const text = await readResolvedText(ledger, first);
    fields.push(...(text === undefined ? ['the job'] : differingFields(JSON.parse(text), request.comparable)));
  }
  for (const { path, sizeBytes, sha256 } of first.inputs ?? []) {
    const now = request.fingerprints.find((one) => one.path === path);
    if (now && (now.sha256 !== sha256 || now.sizeBytes !== sizeBytes))
      fields.push(`the content of input ${JSON.stringify(path)}`);
  }
  if (fields.length > 0) throw new KeyConflictError(history.key, fields);
}
