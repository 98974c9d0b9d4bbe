import type { Ledger } from '../ledger/ledger.ts';
import type { IntentEntry } from '../ledger/ledger-record.ts';
import { canonicalJson } from '../util/canonical-json.ts';

/** The canonical JSON of a job as it was submitted; `undefined` when its payload is gone. */
export async function readResolvedText(ledger: Ledger, intent: IntentEntry): Promise<string | undefined> {
  if (intent.job !== undefined) return canonicalJson(intent.job);
  if (intent.payload === undefined) return undefined;
  try {
    return await new Response(ledger.openPayload(intent.payload)).text();
  } catch {
    return undefined;
  }
}
