import { WrongTargetError } from '../errors/wrong-target-error.ts';
import type { JobHistory } from '../ledger/job-history.ts';
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
export async function* adoptJobs(adopting: Adopting): AsyncGenerator<WholeSubject, void, undefined> {
  const { ledger, signal } = adopting;
  let gathered: JobHistory[] = [];
  for await (const history of ledger.jobs(signal ? { signal } : {})) {
    if (!isUnfinished(history)) continue;
    // Of this session only what has duties: anything else is being sent at this moment.
    if (history.owner.id === ledger.session.id && openDuties(history).length === 0) continue;
    gathered.push(history);
    if (gathered.length < AT_ONCE) continue;
    yield* await adoptAll(adopting, gathered);
    gathered = [];
  }
  yield* await adoptAll(adopting, gathered);
}

/** How many are taken over together: their claims overlap, their records share a sync, their look-ups a call. */
const AT_ONCE = 500;

async function adoptAll(adopting: Adopting, histories: readonly JobHistory[]): Promise<readonly WholeSubject[]> {
  const { signal } = adopting;
  const all = Promise.all(histories.map((history) => adoptOne(adopting, history)));
  const adopted = await (signal ? abortable(all, signal) : all);
  return adopted.filter((subject) => subject !== undefined);
}

async function adoptOne({ ledger, lanes, composed }: Adopting, history: JobHistory): Promise<WholeSubject | undefined> {
  const lane = await lanes.reaching(standingIntent(history).target).catch((error: unknown) => {
    if (!WrongTargetError.isInstance(error)) throw error;
    return undefined;
  });
  if (!lane) return undefined;
  const job = await composed.of(lane.slot, history);
  if (composed.isOwned(job) || !(await composed.takeOver(lane, job))) return undefined;
  await composed.settleFates(lane, job);
  if (job.subject.duties.length > 0 || job.subject.state.parts.length !== 1) return job.subject;
  const now = (await ledger.readJob(history.key)) ?? history;
  const ref = refOfHistory(now);
  return ref.submissions.length > 0 ? trackJob(lane.slot, ref, now) : undefined;
}
