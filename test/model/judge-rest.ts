import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyHandle, ScijobError, verifyLedger } from '@scijob/core';
import { type ExpectedJob, isUndisturbed } from './expected-jobs.ts';
import { expectedRuns } from './job-spec.ts';
import { judgeStep, runsOf } from './judge-step.ts';
import type { ModelWorld } from './model-world.ts';
import { isEnded } from './told.ts';

const HOURS_MS = 3_600_000;
/** By its beat. */
const DEAD_AFTER_MS = 125_000;
const CANCEL_MS = 130_000;

/**
 * When all is repaired and nothing moves any more: everything asked for has ended, as the backend has it, as often as it had
 * to run, and everybody says the same.
 */
export async function judgeRest(world: ModelWorld): Promise<void> {
  world.wire.repair();
  world.disk.isFull = false;
  for (const process of world.processes) {
    process.spare();
    process.resume();
  }
  const inspector = await world.session('inspector');
  await world.finish();
  // Of a session on another machine it takes two looks, two minutes apart, to know that it is dead.
  for (let looks = 0; looks < 3; looks += 1) {
    world.begin('adopt', inspector, async () => void (await inspector.client.adopt()));
    await world.finish();
    await world.clock.advance(DEAD_AFTER_MS);
  }
  await resubmitAll(world);
  world.hasTrouble = false;
  for (const job of world.jobs.promised) await settle(world, job);
  await judgeStep(world);
  for (const job of world.jobs.promised) {
    judgeRuns(world, job);
    judgeCancel(world, job);
  }
  await judgeList(world);
  for (const session of world.live) await world.close(session);
  await judgeLedger(world);
}

/** A user whose submit failed asks again with the same key: whoever may act, does. */
async function resubmitAll(world: ModelWorld): Promise<void> {
  for (const job of world.jobs.all) {
    if (job.key !== undefined || job.givenKey === undefined) continue;
    let isRefused = false;
    for (const session of world.live) {
      if (job.key !== undefined) break;
      world.begin(`last submit of ${job.name}`, session, async () => {
        await world.submit(session, job).catch((error: unknown) => {
          // A backend that has forgotten what it is to wait for says so, and nothing was promised.
          isRefused ||=
            job.parent?.isForgotten === true && ScijobError.isInstance(error) && error.code === 'UNSUPPORTED';
          throw error;
        });
      });
      await world.finish();
    }
    if (job.key === undefined && !isRefused) world.broke(`nobody can find out what became of ${job.name}`);
  }
}

async function settle(world: ModelWorld, job: ExpectedJob): Promise<void> {
  const said: string[] = [];
  for (const session of world.live) {
    const handle = await world.clock.run(world.attach(session, job));
    const who = `${session.slot}${session.process.pid}`;
    try {
      const status = await world.clock.run(handle.wait(), { limitMs: 2 * HOURS_MS });
      world.told.judge(job, undefined, status, who);
      judgeEnd(world, job, status.state, who);
      const now = await world.clock.run(handle.status());
      if (isEnded(now) && job.triedAgain === 0) world.told.judge(job, status, now, who);
      if (handle.duties.length > 0)
        world.broke(`${job.name} has ended, and ${who} shows duties: ${handle.duties.join()}`);
      said.push(`${status.state} ${status.attempt}`);
    } catch (error) {
      world.broke(
        `${who} never says how ${job.name} ended: ${String(error).slice(0, 200)}; ${await where(world, handle)}`,
      );
    }
  }
  if (new Set(said).size > 1) world.broke(`the clients say of ${job.name}: ${said.join(' and ')}`);
}

async function where(world: ModelWorld, handle: AnyHandle): Promise<string> {
  const status = await world.clock.run(handle.status()).catch((error: unknown) => error);
  return `${JSON.stringify(status)}, duties ${handle.duties.join() || 'none'}`;
}

/** As the backend has it: whoever ran last tells. */
function judgeEnd(world: ModelWorld, job: ExpectedJob, state: string, who: string): void {
  if (state === 'lost' || job.isForgotten) return;
  const ends = job.spec.tasks.map((_, index) => runsOf(world, job.key).findLast((run) => run.index === index)?.end);
  const isSuccess = ends.every((end) => end === 'succeeded');
  if (isSuccess !== (state === 'succeeded')) {
    world.broke(
      `${who} says that ${job.name} is ${state}; its tasks ended: ${ends.map((end) => end ?? 'never ran').join()}`,
    );
  }
  // One that was to run after a failure, and is not needed, is cancelled by the owner.
  if (state === 'cancelled' && !job.isCancelled && !job.parent)
    world.broke(`${job.name} is cancelled, and nobody asked for it`);
}

function judgeRuns(world: ModelWorld, job: ExpectedJob): void {
  const { spec, name, triedAgain, parent } = job;
  if (!isUndisturbed(job)) {
    judgeSubmissions(world, job);
    return;
  }
  // A late one that refused itself ran nothing, one of a backend without guard did.
  if (world.capabilities.submitOnce === 'lookup' && (world.wire.hadLateSubmit || world.hadPause)) return;
  for (const [index, task] of spec.tasks.entries()) {
    const runs = runsOf(world, job.key).filter((run) => run.index === index).length;
    const wanted = parent && !isMet(world, job, parent, index) ? 0 : expectedRuns(task, spec.retry);
    if (runs !== wanted)
      world.broke(`task ${index} of ${name} ran ${runs} times, not ${wanted} (${triedAgain} by hand)`);
  }
}

/** An owner hears of a cancel within a minute, also of one that another process wrote down: then it creates nothing more. */
function judgeCancel(world: ModelWorld, { cancelledAt, triedAgain, key, name }: ExpectedJob): void {
  if (cancelledAt === undefined || triedAgain > 0 || world.wire.hadLateSubmit || world.hadPause) return;
  for (const { at, nativeId, ...created } of world.backend.created) {
    if (created.key !== key || at.getTime() <= cancelledAt.getTime() + CANCEL_MS) continue;
    world.broke(
      `${name} was cancelled at ${cancelledAt.toISOString()}, and ${nativeId} created at ${at.toISOString()}`,
    );
  }
}

/** Budgets are never overdrawn, whatever was done to the job. */
function judgeSubmissions(world: ModelWorld, { name, key, spec, triedAgain }: ExpectedJob): void {
  const budget = Object.values(spec.retry).reduce((sum, times) => sum + times, 0);
  for (const index of spec.tasks.keys()) {
    const runs = runsOf(world, key).filter((run) => run.index === index);
    const submissions = new Set(runs.map(({ submission }) => submission)).size;
    if (submissions > 1 + budget + triedAgain)
      world.broke(`task ${index} of ${name} was submitted ${submissions} times`);
  }
}

function isMet(world: ModelWorld, { spec }: ExpectedJob, parent: ExpectedJob, index: number): boolean {
  const ends = parent.spec.tasks.map((_, task) => runsOf(world, parent.key).findLast((run) => run.index === task)?.end);
  const hasSucceeded = ends.every((end) => end === 'succeeded');
  switch (spec.after?.condition) {
    case 'afterok':
      return hasSucceeded;
    case 'afternotok':
      return !hasSucceeded;
    case 'aftercorr':
      return ends[index] === 'succeeded';
    default:
      return true;
  }
}

/** The list has each job that somebody was given, and no job that the backend never had and nobody holds. */
async function judgeList(world: ModelWorld): Promise<void> {
  for (const { client, slot, process } of world.live) {
    const listed = new Set((await world.clock.run(client.jobs().toArray())).map(({ key }) => key));
    for (const { key, name } of world.jobs.promised) {
      if (key !== undefined && !listed.has(key)) world.broke(`${slot}${process.pid} does not list ${name}`);
    }
    const known = new Set([
      ...world.backend.created.map(({ key }) => key),
      ...world.jobs.promised.map(({ key }) => key),
    ]);
    for (const key of listed) if (!known.has(key)) world.broke(`${slot}${process.pid} lists ${key}, which nobody has`);
  }
}

async function judgeLedger(world: ModelWorld): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scijob-model-'));
  try {
    await world.disk.copyTo(folder);
    const { findings } = await verifyLedger(join(folder, 'ledger'));
    for (const { type, message } of findings) world.broke(`verifyLedger: ${type}: ${message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
