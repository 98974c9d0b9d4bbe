import { WrongTargetError } from '../errors/wrong-target-error.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { ComposedSubject } from '../tracker/composed-subject.ts';
import { JobSubject } from '../tracker/job-subject.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import type { JobQuery } from './client.ts';
import type { JobFinder } from './job-finder.ts';
import { refOfHistory } from './job-history-ref.ts';
import type { Lane, Lanes } from './lanes.ts';
import { openDuties } from './recorded-parts.ts';
import { isNothing } from './submitter.ts';

/** The jobs of a ledger that an adapter reaches, oldest first. Asked for a state, each backend is looked at once for all. */
export async function* listJobs(
  ledger: Ledger,
  lanes: Lanes,
  finder: JobFinder,
  { state, ...query }: JobQuery,
): AsyncGenerator<WholeSubject, void, undefined> {
  const found: { readonly lane: Lane; readonly history: JobHistory }[] = [];
  for await (const history of ledger.jobs(query)) {
    const { target, submissions } = refOfHistory(history);
    const lane = await lanes.reaching(target, query.signal).catch((error: unknown) => {
      if (!WrongTargetError.isInstance(error)) throw error;
      return undefined;
    });
    if (!lane) continue;
    if (submissions.length > 0 || openDuties(history).length > 0 || (history.end && !isNothing(history)))
      found.push({ lane, history });
    else if (!isNothing(history)) {
      lane.slot.logger.warn(
        { key: history.key },
        'A job was begun and nobody knows whether it exists: submit it again with its key, or adopt() it.',
      );
    }
  }
  // Looking at a list takes nothing over: that is for attach() and adopt().
  const track = ({ lane, history }: (typeof found)[number]) => finder.ofHistory(lane, history, true);
  if (state === undefined) {
    for (const one of found) yield await track(one);
    return;
  }
  const subjects = await Promise.all(found.map(track));
  for (const slot of new Set(found.map((one) => one.lane.slot))) await slot.tracker.sweep();
  for (const subject of subjects) {
    if (subject instanceof ComposedSubject) await subject.whenWritten();
    if (subject.status.state === state) yield subject;
    // Not asked for, so not followed any further.
    else if (subject instanceof JobSubject) subject.slot.tracker.forget(subject.job);
  }
}
