import { WrongTargetError } from '../errors/wrong-target-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { abortable } from '../util/abortable.ts';
import type { ComposedJobs } from './composed-jobs.ts';
import { isUnfinished } from './is-unfinished.ts';
import { refOfHistory, standingIntent } from './job-history-ref.ts';
import type { Lanes } from './lanes.ts';
import { openDuties } from './recorded-parts.ts';
import { trackJob } from './track-job.ts';

export interface Adopting {
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly composed: ComposedJobs;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes over every job whose owner is dead and that still needs one: with duties, or begun and never heard of again. Of the
 * latter only what became of it is found out: nobody was told of it, so nobody may count on it being sent.
 */
export async function* adoptJobs({
  ledger,
  lanes,
  composed,
  signal,
}: Adopting): AsyncGenerator<WholeSubject, void, undefined> {
  for await (const history of ledger.jobs(signal ? { signal } : {})) {
    if (!isUnfinished(history)) continue;
    // Of this session only what has duties: anything else is being sent at this moment.
    if (history.owner.id === ledger.session.id && openDuties(history).length === 0) continue;
    const lane = await lanes.reaching(standingIntent(history).target, signal).catch((error: unknown) => {
      if (!WrongTargetError.isInstance(error)) throw error;
      return undefined;
    });
    if (!lane) continue;
    const job = await composed.of(lane.slot, history);
    if (composed.isOwned(job) || !(await composed.takeOver(lane, job))) continue;
    const fates = composed.settleFates(lane, job);
    await (signal ? abortable(fates, signal) : fates);
    const now = (await ledger.readJob(history.key)) ?? history;
    if (job.subject.duties.length > 0 || job.subject.state.parts.length !== 1) yield job.subject;
    else if (refOfHistory(now).submissions.length > 0) yield trackJob(lane.slot, refOfHistory(now), now);
  }
}
