import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { Json } from '../util/json.ts';
import { standingIntent } from './job-history-ref.ts';
import { readResolvedText } from './read-resolved.ts';

/**
 * A job as its intent keeps it, with how it was placed: all that is needed to submit it once more. Inputs from other jobs
 * are named by their output; `undefined` when the ledger has lost the payload.
 */
export async function readRecordedJob(ledger: Ledger, history: JobHistory): Promise<ResolvedJob | undefined> {
  const intent = standingIntent(history);
  const text = await readResolvedText(ledger, intent);
  if (text === undefined) return undefined;
  const { array: _array, ...what } = JSON.parse(text) as ResolvedJob;
  const { array: dealing, ...placing } = (intent.placing ?? {}) as { readonly [field: string]: Json } & {
    readonly array?: object;
  };
  const job = { ...what, ...placing } as ResolvedJob;
  const { count, manifest } = intent;
  if (count === undefined || manifest === undefined) return job;
  return {
    ...job,
    array: {
      itemsPerTask: 1,
      ...dealing,
      count,
      manifest: { sha256: manifest, open: () => ledger.openPayload(manifest) },
    },
  };
}
