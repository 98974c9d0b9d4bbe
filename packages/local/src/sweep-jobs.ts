import { type CallContext, isFinal, type JobRef, type Memo, type Observation, type Sweep } from '@scijob/core/adapter';
import { observeJob } from './observe-job.ts';
import type { Home } from './open-home.ts';
import { partsOf } from './parts-of.ts';
import { keepMarked } from './submit-part.ts';

/** Between so many jobs, whatever else this process does gets its turn: reads of records do not wait for anything. */
const JOBS_PER_TURN = 64;

/** Looks at many jobs. What could not be read is not covered, nor is anything while the disk it was on is away; what is not there is covered and not seen. */
export async function sweepJobs(
  home: Home,
  targets: readonly { readonly ref: JobRef; readonly memo?: Memo }[],
  isRunnerAlive: boolean,
  { clock, signal, logger }: CallContext,
): Promise<Sweep> {
  const covered: JobRef[] = [];
  const seen: Observation[] = [];
  for (const [at, target] of targets.entries()) {
    if (at % JOBS_PER_TURN === JOBS_PER_TURN - 1) await new Promise(setImmediate);
    signal.throwIfAborted();
    const found = await observeJob(home, target, { now: clock.now(), isRunnerAlive });
    if (found.type === 'unreadable') {
      logger.debug({ key: target.ref.key, err: found.cause }, 'A local job cannot be read.');
      continue;
    }
    if (found.type === 'missing' && (await home.client.status(home.paths.jobs))?.type !== 'folder') {
      logger.debug({ key: target.ref.key, folder: home.paths.jobs }, 'The folder of all local jobs is not there.');
      continue;
    }
    covered.push(target.ref);
    if (found.type !== 'seen') continue;
    seen.push(found.observation);
    if (isFinal(found.observation.status)) continue;
    for (const { token } of partsOf(target.ref)) await keepMarked(home, token);
  }
  return { covered, seen };
}
