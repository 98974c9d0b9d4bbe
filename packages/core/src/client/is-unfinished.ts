import type { JobHistory } from '../ledger/job-history.ts';
import { knownParts, openDuties, standingIntents } from './recorded-parts.ts';

/** Whether only an owner can tell what becomes of a job: it has duties, or a part was begun and nobody knows whether it exists. */
export function isUnfinished(history: JobHistory): boolean {
  if (openDuties(history).length > 0) return true;
  return knownParts(history, standingIntents(history)).some(
    ({ outcome }) => outcome === undefined || outcome.outcome === 'unknown',
  );
}
