import type { FakeRun } from '@scijob/testing';
import type { ExpectedJob } from './expected-jobs.ts';
import type { ModelWorld } from './model-world.ts';
import { liveObjects } from './native-objects.ts';

/** What must hold at every moment, by the backend's own record. */
export async function judgeStep(world: ModelWorld): Promise<void> {
  const { backend, jobs } = world;
  // A submit that arrives after its client gave up may run twice where the backend has neither guard nor token: documented.
  const mayRunTwice = world.capabilities.submitOnce === 'lookup' && (world.wire.hadLateSubmit || world.hadPause);
  if (!mayRunTwice) {
    for (const { key, submission, index, attempt } of backend.doubles) {
      world.broke(`the science of ${key} task ${index} ran again: submission ${submission}, attempt ${attempt}`);
    }
    // A late one lives until it has refused itself.
    if (!world.wire.hadLateSubmit && !world.hadPause) await judgeLive(world);
  }
  judgeSent(world);
  for (const job of jobs.promised) {
    if (job.parent === undefined && !backend.created.some(({ key }) => key === job.key)) {
      world.broke(`${job.name} was promised, and the backend never had it`);
    }
    judgeBegin(world, job);
    judgeWindow(world, job);
  }
}

/** A number is sent once, whoever believes to be the owner and whoever stood still: the guard is for what arrives late. */
function judgeSent({ backend, broke }: ModelWorld): void {
  const tokens = new Set<string>();
  for (const { token, key, submission, part } of backend.created) {
    if (tokens.has(token)) broke(`part ${submission}.${part} of ${key} was sent twice`);
    tokens.add(token);
  }
}

async function judgeLive(world: ModelWorld): Promise<void> {
  const submissions = new Map<string, number>();
  const parts = new Set<string>();
  for (const { key, submission, part, nativeId } of await liveObjects(world)) {
    const name = `${key} ${submission}.${part}`;
    if (parts.has(name)) world.broke(`${name} lives twice, once as ${nativeId}`);
    parts.add(name);
    const other = submissions.get(key) ?? submission;
    if (other !== submission) world.broke(`submissions ${other} and ${submission} of ${key} live at once`);
    submissions.set(key, submission);
  }
}

/** No task begins before what it waits for allows it. */
function judgeBegin(world: ModelWorld, { name, key, parent, spec }: ExpectedJob): void {
  if (!parent || !spec.after) return;
  const { condition } = spec.after;
  const { runs } = world.backend;
  for (const [at, run] of runs.entries()) {
    if (run.key !== key) continue;
    // The record is in the order in which they began.
    const before = runs
      .slice(0, at)
      .filter((one) => one.key === parent.key && (condition !== 'aftercorr' || one.index === run.index));
    const ended = before.filter(({ endedAt }) => endedAt !== undefined && endedAt <= run.startedAt);
    const succeeded = new Set(ended.filter(({ end }) => end === 'succeeded').map(({ index }) => index));
    const broke = (why: string) => world.broke(`${name} task ${run.index} began ${condition} ${parent.name}, ${why}`);
    if (ended.length < before.length) broke('which was running');
    if (condition === 'afterok' && succeeded.size < parent.spec.tasks.length) broke('which had not succeeded');
    if (condition === 'aftercorr' && !succeeded.has(run.index)) broke('whose task had not succeeded');
    if (condition === 'afternotok' && succeeded.size === parent.spec.tasks.length) broke('which had succeeded');
  }
}

function judgeWindow(world: ModelWorld, { name, key, spec: { maxConcurrent } }: ExpectedJob): void {
  if (maxConcurrent === undefined) return;
  const runs = runsOf(world, key);
  for (const { startedAt } of runs) {
    const beside = runs.filter(
      (run) => run.startedAt <= startedAt && (run.endedAt === undefined || run.endedAt > startedAt),
    );
    if (beside.length <= maxConcurrent) continue;
    const again = beside.some(({ submission }) => submission > 1) ? 'tried again ' : '';
    world.broke(`${beside.length} tasks of ${name} ${again}ran at once, not ${maxConcurrent}`);
  }
}

export function runsOf({ backend }: ModelWorld, key: string | undefined): readonly FakeRun[] {
  return backend.runs.filter((run) => run.key === key);
}
