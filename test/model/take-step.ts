import { CommandJob, ScijobError } from '@scijob/core';
import type { ExpectedJob } from './expected-jobs.ts';
import type { JobSpec } from './job-spec.ts';
import { judgeStep } from './judge-step.ts';
import type { ModelWorld, Session, Slot } from './model-world.ts';
import type { Trouble, WiredMethod } from './wire.ts';

/** What a user, a backend or fate does. Plain data, so that a failure can be written down and done again. */
export type Step =
  | { readonly do: 'submit'; readonly by: Slot; readonly key?: string; readonly spec: JobSpec }
  | { readonly do: 'submit-again' | 'submit-other'; readonly by: Slot; readonly key: string }
  | { readonly do: 'attach' | 'cancel' | 'retry-failed' | 'rerun'; readonly by: Slot; readonly job: number }
  | { readonly do: 'adopt' | 'close' | 'resume'; readonly by: Slot }
  | { readonly do: 'crash' | 'pause'; readonly by: Slot; readonly atStep: number }
  | { readonly do: 'skew'; readonly by: Slot; readonly hours: number }
  | { readonly do: 'trouble'; readonly on: WiredMethod; readonly how: Trouble; readonly times: number }
  | { readonly do: 'freeze'; readonly on?: WiredMethod }
  | { readonly do: 'thaw' | 'fill-disk' | 'empty-disk' }
  | { readonly do: 'preempt' | 'purge' | 'reuse-id'; readonly job: number }
  | { readonly do: 'advance'; readonly ms: number };

export function requireUnbroken({ broken, history }: ModelWorld): void {
  if (broken.length === 0) return;
  throw new Error(`${broken.join('\n')}\nafter\n${history.join('\n')}`);
}

/** One step, and what must hold after it. */
export async function take(world: ModelWorld, step: Step): Promise<void> {
  world.history.push(JSON.stringify(step));
  await act(world, step);
  // What can be done without time passing is done; but what a user begins is followed at once by what the next one does.
  if (!('by' in step)) await world.clock.advance(0);
  await judgeStep(world);
}

async function act(world: ModelWorld, step: Step): Promise<void> {
  const { jobs, backend, wire, disk, clock } = world;
  switch (step.do) {
    case 'submit':
      return submit(world, step);
    case 'submit-again': {
      const job = jobs.ofKey(step.key);
      if (job) await begin(world, step.do, step.by, (session) => world.submit(session, job));
      return;
    }
    case 'submit-other': {
      const job = jobs.ofKey(step.key);
      if (job?.key !== undefined) await begin(world, step.do, step.by, (session) => submitOther(world, session, job));
      return;
    }
    case 'attach':
      return withJob(world, step, async (session, job) => void (await world.attach(session, job)));
    case 'cancel':
      return withJob(world, step, async (session, job) => {
        job.isCancelled = true;
        await (await world.attach(session, job)).cancel('enough');
        job.cancelledAt ??= world.clock.now();
      });
    case 'retry-failed':
      return withJob(world, step, async (session, job) => {
        if (!job.spec.isArray) return;
        const handle = await world.attach(session, job);
        job.triedAgain += 1;
        if (handle.shape !== 'array') return;
        await handle.retryFailed().catch((error: unknown) => {
          if (!ScijobError.isInstance(error) || error.code !== 'STILL_RUNNING') throw error;
          job.triedAgain -= 1;
        });
      });
    case 'rerun':
      return withJob(world, step, async (session, job) => {
        const handle = await world.attach(session, job);
        if (handle.shape !== 'job') return;
        const again = await handle.rerun();
        const other = jobs.add(job.spec, undefined, job.parent);
        other.key = again.key;
        other.ref = again.toString();
        if (again.key === job.key) world.broke(`rerun() of ${job.name} gave back the same key`);
        world.told.follow(other, again, session.slot);
      });
    case 'adopt':
      return begin(world, step.do, step.by, async ({ client }) => void (await client.adopt()));
    case 'close': {
      const session = world.live.find(({ slot }) => slot === step.by);
      world.hasTrouble = true;
      if (!session) return;
      session.process.resume();
      await world.close(session);
      // Known: what is closed on a full disk is not known to be closed while its process lives.
      if (disk.isFull && !world.isStrict) session.process.kill();
      return;
    }
    case 'pause':
      world.hasTrouble = true;
      world.hadPause = true;
      world.live.find(({ slot }) => slot === step.by)?.process.pause(step.atStep);
      return;
    case 'resume':
      world.live.find(({ slot }) => slot === step.by)?.process.resume();
      return;
    case 'crash':
      world.hasTrouble = true;
      world.live.find(({ slot }) => slot === step.by)?.process.kill(step.atStep);
      return;
    case 'skew':
      return begin(world, step.do, step.by, async ({ process }) => {
        process.skewMs += step.hours * 3_600_000;
      });
    case 'trouble':
      world.hasTrouble = true;
      return wire.trouble(step.on, step.how, step.times);
    case 'freeze':
      world.hasTrouble = true;
      return wire.freeze(step.on);
    case 'thaw':
      return wire.thaw();
    case 'fill-disk':
      world.hasTrouble = true;
      disk.isFull = true;
      return;
    case 'empty-disk':
      disk.isFull = false;
      return;
    case 'preempt':
    case 'purge':
    case 'reuse-id':
      return withNative(world, step.job, (job, key) => {
        if (step.do === 'preempt') {
          job.isMoved = true;
          backend.preempt(key);
        } else {
          job.isForgotten = true;
          world.hasTrouble = true;
          if (step.do === 'purge') backend.purge(key);
          else backend.reuseId(key);
        }
      });
    case 'advance':
      return clock.advance(step.ms);
  }
}

async function submit(world: ModelWorld, { by, key, spec }: Step & { readonly do: 'submit' }): Promise<void> {
  const { jobs } = world;
  const known = key === undefined ? undefined : jobs.ofKey(key);
  const parent = spec.after && jobs.nth(spec.after.nth);
  const job = known ?? jobs.add(parent ? fitting(spec, parent) : without(spec), key, parent);
  await begin(world, `submit ${job.name}`, by, (session) => world.submit(session, job));
}

/** Each task after that of the same index needs as many of them. */
function fitting(spec: JobSpec, { spec: other }: ExpectedJob): JobSpec {
  if (spec.after?.condition !== 'aftercorr') return spec;
  if (spec.isArray && other.isArray && spec.tasks.length === other.tasks.length) return spec;
  return { ...spec, after: { ...spec.after, condition: 'afterok' } };
}

function without({ after: _none, ...spec }: JobSpec): JobSpec {
  return spec;
}

async function submitOther(world: ModelWorld, { client }: Session, { name, givenKey }: ExpectedJob): Promise<void> {
  const other = new CommandJob({ name: `not ${name}`, command: ['another'] });
  try {
    await client.submit(other, { key: givenKey ?? '' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'KEY_CONFLICT') return;
    throw error;
  }
  world.broke(`another job was taken under the key of ${name}`);
}

async function begin(
  world: ModelWorld,
  what: string,
  slot: Slot,
  act: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await world.session(slot).catch((error: unknown) => {
    if (!world.hasTrouble) throw error;
    return undefined;
  });
  if (session) world.begin(what, session, () => act(session));
}

async function withJob(
  world: ModelWorld,
  step: Step & { readonly by: Slot; readonly job: number },
  act: (session: Session, job: ExpectedJob) => Promise<void>,
): Promise<void> {
  const job = world.jobs.nth(step.job);
  if (job) await begin(world, `${step.do} ${job.name}`, step.by, (session) => act(session, job));
}

function withNative(world: ModelWorld, number: number, act: (job: ExpectedJob, key: string) => void): void {
  const job = world.jobs.nth(number);
  if (job?.key !== undefined && world.backend.created.some(({ key }) => key === job.key)) act(job, job.key);
}
