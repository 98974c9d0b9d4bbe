import type { JobHistory } from '../ledger/job-history.ts';
import { knownParts, standingIntents } from './recorded-parts.ts';

/** Whether a job is more than one native object that the backend has: it has duties, several parts, or several submissions. */
export function needsComposing(history: JobHistory): boolean {
  const intents = standingIntents(history);
  if (intents.length > 1 || intents.some(({ duties }) => duties.length > 0)) return true;
  const parts = knownParts(history, intents);
  return parts.length !== 1;
}
