import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { type JudgeDependencies, requestOf } from './build-request.ts';
import { DependencySet } from './dependency-set.ts';
import type { JobRequest } from './job-request.ts';
import { isOutputSource } from './output-source.ts';
import { readRecordedJob } from './recorded-job.ts';
import { standingIntents } from './recorded-parts.ts';
import { requireHistory } from './resubmission.ts';

/** A job of the ledger as a request for a new run of it, under a key made up. */
export async function recordedRequest(
  ledger: Ledger,
  ref: JobRef,
  slot: AdapterSlot,
  judge: JudgeDependencies,
): Promise<JobRequest> {
  const history = await requireHistory(ledger, ref, 'rerun()');
  const named = await readRecordedJob(ledger, history);
  if (!named) throw new UnsupportedError('rerun() cannot be done: the ledger has lost what the job runs.');
  const dependencies = new DependencySet();
  for (const record of standingIntents(history)[0]?.after ?? []) dependencies.addRecord(record);
  dependencies.takesOutputs = Object.values(named.inputs).some(isOutputSource);
  const request = await requestOf(slot, named, dependencies, judge, false);
  return { ...request, places: ref.places, fingerprints: [] };
}
