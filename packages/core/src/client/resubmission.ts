import { NotRecordedError } from '../errors/not-recorded-error.ts';
import { ScijobError } from '../errors/scijob-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { countTasks, eachTask, rangesOf } from '../ids/task-ranges.ts';
import { retryChangeSchema } from '../job/job-schema.ts';
import { requireValid } from '../job/require-valid.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobChange } from '../ledger/ledger-record.ts';
import { isFinal } from '../state/job-status.ts';
import { currentPart } from '../tracker/composed-status.ts';
import type { ComposedJobs } from './composed-jobs.ts';
import { planDuties } from './duty-plan.ts';
import { IntentWriter } from './intent-writer.ts';
import { standingIntent } from './job-history-ref.ts';
import { KeyOwnership } from './key-ownership.ts';
import type { Lanes } from './lanes.ts';
import { PartNotClaimed } from './part-not-claimed.ts';
import { readRecordedJob } from './recorded-job.ts';
import { dutyName, knownParts, mergeChanges, openDuties, standingIntents } from './recorded-parts.ts';
import { failedChildren } from './retry-planner.ts';
import { submissionClaim } from './submission-claim.ts';

export interface Resubmitting {
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly composed: ComposedJobs;
}

/** What this ledger knows of a job. @throws NotRecordedError when it was submitted with another ledger */
export async function requireHistory(ledger: Ledger, { key, jobHash }: JobRef, what: string): Promise<JobHistory> {
  const history = await ledger.readJob(key);
  if (history && standingIntent(history).jobHash === jobHash) return history;
  throw new NotRecordedError(
    `${what} needs the ledger that the job ${JSON.stringify(key)} was submitted with: this one does not know it, and so not what it runs.`,
  );
}

/**
 * Submits the tasks of an array that failed once more, as the next submission of the same job.
 *
 * @throws ScijobError `STILL_RUNNING` while the array runs: a task that did not end may not be followed by another
 */
export async function retryFailedTasks(
  { ledger, lanes, composed }: Resubmitting,
  ref: JobRef,
  change: JobChange,
): Promise<number> {
  requireValid('retryFailed()', retryChangeSchema, change);
  const history = await requireHistory(ledger, ref, 'retryFailed()');
  const lane = await lanes.reaching(ref.target);
  const job = await composed.of(lane.slot, history);
  if (!isFinal(job.subject.status)) await job.subject.look();
  if (!isFinal(job.subject.status) || openDuties(job.history).length > 0) {
    throw new ScijobError(
      'STILL_RUNNING',
      `The array ${JSON.stringify(ref.key)} is ${job.subject.status.state}: tasks can be tried again once it has ended. Await wait() first.`,
    );
  }
  const failed: number[] = [];
  const unmet: number[] = [];
  for await (const { child, reason } of failedChildren(job.subject)) {
    (reason === 'dependency-failed' ? unmet : failed).push(child);
  }
  // What never ran for want of what it waits for runs when that is there by now.
  if (unmet.length > 0) failed.push(...eachTask(await composed.ready(job, rangesOf(unmet))));
  if (failed.length === 0) return 0;
  const recorded = await readRecordedJob(ledger, history);
  if (!recorded) throw new UnsupportedError('retryFailed() cannot be done: the ledger has lost what the job runs.');
  const plan = planDuties(lane.slot.adapter.capabilities, recorded, false);
  const ownership = new KeyOwnership(lane.slot, ledger);
  const number = (history.intents.at(-1)?.submission ?? 1) + 1;
  const changes = new Map(
    knownParts(history, standingIntents(history)).map((one) => [`${one.submission}.${one.part}`, one.change]),
  );
  const groups = new Map<string, { tasks: number[]; change: JobChange }>();
  for (const task of failed) {
    const part = currentPart(job.subject.state, task);
    const merged = mergeChanges(part && changes.get(`${part.submission}.${part.part}`), change);
    const name = JSON.stringify(merged);
    const group = groups.get(name) ?? { tasks: [], change: merged };
    groups.set(name, group);
    group.tasks.push(task);
  }
  const writer = new IntentWriter(ledger, ownership, plan);
  const again = [...groups.values()].map(({ tasks, change: merged }) => ({
    tasks: rangesOf(tasks),
    ...(Object.keys(merged).length > 0 ? { change: merged } : {}),
  }));
  const duties = ['submit' as const, ...plan.duties.filter((duty) => duty !== 'next-part')].map((duty) =>
    dutyName(duty, number),
  );
  const fresh = await writer
    .again(history, number, again, { reason: 'retryFailed()', duties })
    .catch((error: unknown) => {
      if (!(error instanceof PartNotClaimed)) throw error;
      return undefined;
    });
  if (fresh === undefined) return followAnother(ownership, ledger, history, number);
  job.update((await ledger.readJob(ref.key)) ?? history);
  const owner = await composed.own(lane, job, { fresh, after: [], isTakenOver: false });
  await owner?.whenBegun();
  return failed.length;
}

/** Another client was quicker to try the same tasks again: what it submits is what this call comes to. */
async function followAnother(
  ownership: KeyOwnership,
  ledger: Ledger,
  { key, owner }: JobHistory,
  number: number,
): Promise<number> {
  const claim = await ledger.readClaim(submissionClaim(key, number));
  const wait = ownership.waiting(key, claim?.session ?? owner, undefined);
  for (;;) {
    const intent = (await ledger.readJob(key))?.intents.find(({ submission }) => submission === number);
    if (intent) return countTasks(intent.tasks ?? []);
    await wait();
  }
}
