import { type CallContext, eachOne, isFinal, type JobAdapter, type JobRef } from '@scijob/core/adapter';
import { cancelJob } from './cancel-job.ts';
import { classifyLocalError } from './classify-local-error.ts';
import { explainJob } from './explain-job.ts';
import { findPart } from './find-part.ts';
import { findWorkDirectory, listArtifacts } from './list-artifacts.ts';
import { listChildren } from './list-children.ts';
import { localCapabilities } from './local-capabilities.ts';
import type { LocalClient } from './local-client.ts';
import { type LocalNative, type LocalOptions, requireLocalOptions } from './local-options.ts';
import { readLogs } from './logs/read-logs.ts';
import { openLocalArtifact } from './open-artifact.ts';
import { type Home, openHome } from './open-home.ts';
import { planJob } from './plan-job.ts';
import { preparePart } from './prepare-part.ts';
import type { RunnerOptions } from './runner/runner.ts';
import { isRunnerAlive } from './runner-claims.ts';
import { RunnerStarter } from './start-runner.ts';
import { submitPart } from './submit-part.ts';
import { sweepJobs } from './sweep-jobs.ts';
import { toTarget } from './to-target.ts';

/**
 * Runs jobs on this machine: no account, no daemon to install. One runner per directory starts when there is work,
 * outlives this process, and goes away when there is none.
 */
export function createLocal(options: LocalOptions = {}): JobAdapter<'command', LocalNative> {
  return createLocalAdapter(options, {});
}

/** What tests put in place of the real thing. */
export interface LocalInternals {
  readonly client?: LocalClient;
  readonly runner?: RunnerOptions;
}

/** What `createLocal` does, with what it hides. */
export function createLocalAdapter(
  options: LocalOptions,
  { client, runner = {} }: LocalInternals,
): JobAdapter<'command', LocalNative> {
  const checked = requireLocalOptions(options);
  let opening: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    opening ??= openHome(checked, client).then(
      (home) => ({ home, runner: new RunnerStarter(home, runner) }),
      (error: unknown) => {
        // The next call tries again: the disk may be back by then.
        opening = undefined;
        throw classifyLocalError(error);
      },
    );
    return opening;
  };
  /** Some of what was asked about may still run: somebody must be there to run it. */
  const wake = async ({ clock, logger }: CallContext) => {
    const { home, runner } = await open();
    try {
      runner.ensure(clock.monotonicMs());
    } catch (error) {
      // The answer stands all the same, and the next look tries again.
      logger.warn({ err: error, log: home.paths.runnerLog }, 'The runner of local jobs cannot be started now.');
    }
  };

  return {
    specificationVersion: 'v1',
    id: 'local',
    capabilities: localCapabilities,
    target: async () => toTarget((await open()).home),
    plan: async (job, context) => planJob((await open()).home, job, context),
    prepare: async (parts, context) => {
      const { home } = await open();
      return Promise.all(parts.map((part) => preparePart(home, part, context)));
    },
    submit: async (parts, context) => {
      const { home } = await open();
      const outcomes = await eachOne((part: (typeof parts)[number]) => submitPart(home, part))(parts, context);
      if (outcomes.some(({ type }) => type !== 'refused')) await wake(context);
      return outcomes;
    },
    find: async (keys, context) => {
      const { home } = await open();
      const outcomes = await eachOne((key: (typeof keys)[number]) => findPart(home, key, context))(keys, context);
      if (outcomes.some(({ type }) => type === 'found')) await wake(context);
      return outcomes;
    },
    observe: async (targets, context) => {
      const { home } = await open();
      const sweep = await sweepJobs(home, targets, isRunnerAlive(home.paths.runners), context);
      if (sweep.seen.some(({ status }) => !isFinal(status))) await wake(context);
      return sweep;
    },
    listChildren: async (ref, query, { clock }) => {
      const { home } = await open();
      const look = { now: clock.now(), isRunnerAlive: isRunnerAlive(home.paths.runners) };
      return listChildren(home, ref, query, look);
    },
    cancel: async (targets, reason, context) => {
      const { home } = await open();
      const cancelOne = (target: (typeof targets)[number]) => cancelJob(home, target, reason, context);
      const outcomes = await eachOne(cancelOne)(targets, context);
      if (outcomes.some(({ type }) => type === 'requested')) await wake(context);
      return outcomes;
    },
    readLogs: async (ref, query) => readLogs((await open()).home, ref, query),
    listArtifacts: async (ref, query) => listArtifacts((await open()).home, ref, query),
    openArtifact: async (ref, artifact, range, context) => {
      const { home } = await open();
      const workDirectory = await findWorkDirectory(home, ref, toIndex(ref, artifact.child));
      return openLocalArtifact(workDirectory, artifact, range, context);
    },
    explain: async (ref, context) => explainJob((await open()).home, ref, context),
    // Everything outside this process goes on without it; nothing inside is open between calls.
    close: async () => {},
  };
}

interface Opened {
  readonly home: Home;
  readonly runner: RunnerStarter;
}

function toIndex(ref: JobRef, child: number | string | undefined): number {
  return ref.child ?? (ref.count === undefined || child === undefined ? 0 : Number(child));
}
