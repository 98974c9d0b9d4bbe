import { setTimeout as sleep } from 'node:timers/promises';
import type { JobAdapter } from '@scijob/core/adapter';
import { aDirectory } from './job.fixture.ts';
import { createLocalAdapter, type LocalInternals } from './local-adapter.ts';
import type { LocalNative, LocalOptions } from './local-options.ts';
import { machineId } from './machine.ts';
import { type LocalPaths, toLocalPaths } from './part-paths.ts';
import { isAlive } from './process-identity.ts';
import { readNewestClaim } from './runner-claims.ts';

export interface LocalFixture {
  readonly adapter: JobAdapter<'command', LocalNative>;
  readonly directory: string;
  readonly paths: LocalPaths;
  /** Another adapter on the same directory, as another process has it. */
  another(options?: LocalOptions): JobAdapter<'command', LocalNative>;
  /** The pid of the runner that lives now. */
  runnerPid(): number | undefined;
  /** Kills the runner, as only SIGKILL can, and waits until it is gone. */
  killRunner(): Promise<void>;
  /** Ends the runner and clears the directory away. */
  remove(): Promise<void>;
}

/** An adapter with a directory and a runner of its own. */
export async function aLocal(options: LocalOptions = {}, internals: LocalInternals = {}): Promise<LocalFixture> {
  const { path, remove } = await aDirectory();
  const paths = toLocalPaths(path, machineId());
  const given: LocalInternals = { runner: { idleMs: 2_000 }, ...internals };
  const another = (changes: LocalOptions = options) => createLocalAdapter({ directory: path, ...changes }, given);
  const adapter = another();
  const runnerPid = () => {
    const claim = readNewestClaim(paths.runners);
    return claim?.process && !claim.saidGoodbye && isAlive(claim.process) ? claim.process.pid : undefined;
  };
  const killRunner = async () => {
    for (let pid = runnerPid(); pid !== undefined; pid = runnerPid()) {
      process.kill(pid, 'SIGKILL');
      await sleep(10);
    }
  };
  return {
    adapter,
    directory: path,
    paths,
    another,
    runnerPid,
    killRunner,
    remove: async () => {
      await killRunner().catch(() => {});
      await remove();
    },
  };
}
