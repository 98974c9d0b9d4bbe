import { WrongTargetError } from '../errors/wrong-target-error.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { JobSubject } from '../tracker/job-subject.ts';
import type { JobQuery } from './client.ts';
import { refOfHistory } from './job-history-ref.ts';
import type { Lanes } from './lanes.ts';
import { isNothing } from './submitter.ts';
import { trackJob } from './track-job.ts';

/** The jobs of a ledger that an adapter reaches, oldest first. Asked for a state, each backend is looked at once for all. */
export async function* listJobs(
  ledger: Ledger,
  lanes: Lanes,
  { state, ...query }: JobQuery,
): AsyncGenerator<JobSubject, void, undefined> {
  const found: { readonly slot: AdapterSlot; readonly history: JobHistory }[] = [];
  for await (const history of ledger.jobs(query)) {
    const { target, submissions } = refOfHistory(history);
    const slot = await lanes.reaching(target, query.signal).catch((error: unknown) => {
      if (!WrongTargetError.isInstance(error)) throw error;
      return undefined;
    });
    if (!slot) continue;
    if (submissions.length > 0) found.push({ slot, history });
    else if (!isNothing(history)) {
      slot.logger.warn(
        { key: history.key },
        'A job was begun and nobody knows whether it exists: submit it again with its key.',
      );
    }
  }
  const track = ({ slot, history }: (typeof found)[number]) => trackJob(slot, refOfHistory(history), history);
  if (state === undefined) {
    for (const one of found) yield track(one);
    return;
  }
  const subjects = found.map(track);
  for (const slot of new Set(found.map((one) => one.slot))) await slot.tracker.sweep();
  for (const subject of subjects) {
    if (subject.status.state === state) yield subject;
    // Not asked for, so not followed any further.
    else subject.slot.tracker.forget(subject.job);
  }
}
