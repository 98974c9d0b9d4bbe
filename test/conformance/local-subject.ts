import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLocal } from '@scijob/local';
import type { ConformanceSubject, ConformanceWorld } from '@scijob/testing/conformance';
import { losingReplies } from './losing-replies.ts';

export interface LocalWorld extends ConformanceWorld {
  readonly directory: string;
  readonly loseNextReply: () => void;
}

/** More than a small machine has: several processes of one task are asked for, and none of them does much. */
const CPUS = 8;

/** This machine: a directory, and so a runner, of its own for each behaviour. */
export const localSubject: ConformanceSubject<LocalWorld> = {
  name: 'local',
  capabilities: createLocal().capabilities,
  create: async () => {
    const since = await newestPid();
    const directory = await mkdtemp(join(tmpdir(), 'scijob-conformance-local-'));
    const { adapter, loseNext } = losingReplies(createLocal({ directory, cpus: CPUS }));
    return {
      adapter,
      directory,
      loseNextReply: loseNext,
      dispose: async () => {
        await endProcesses(directory, since);
        await rm(directory, { recursive: true, force: true, maxRetries: 10 });
      },
    };
  },
  second: ({ directory }) => createLocal({ directory, cpus: CPUS }),
  // Every folder there is a part that was sent: what is only prepared lies elsewhere.
  created: async ({ directory }) => (await readdir(join(directory, 'jobs')).catch(() => [])).length,
  changeArtifact: (_world, _ref, { uri }) => writeFile(fileURLToPath(uri), 'something else altogether'),
  loseReply: ({ loseNextReply }) => loseNextReply(),
  // The disk that the jobs are on is not there, and something else is in its place.
  outage: async ({ directory }, isOut) => {
    const [jobs, away] = [join(directory, 'jobs'), join(directory, 'jobs.away')];
    if (isOut) {
      await rename(jobs, away);
      await writeFile(jobs, '');
    } else {
      await rm(jobs);
      await rename(away, jobs);
    }
  },
  forget: ({ directory }, { submissions }) =>
    rm(join(directory, 'jobs', submissions[0]?.parts[0]?.nativeId ?? 'none'), { recursive: true, maxRetries: 20 }),
};

/** The runner of a directory outlives its clients on purpose, and so do its tasks; here nobody comes back to them. */
async function endProcesses(directory: string, since: number): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const pids = await processesOf(directory, since);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended by itself.
      }
    }
    await sleep(10);
  }
}

/** Only what names the directory in its arguments or environment: a pid alone may be somebody else's by now. */
async function processesOf(directory: string, since: number): Promise<readonly number[]> {
  // Looking at all of them, for each behaviour, would cost more than the behaviours do.
  const hasWrapped = (await newestPid()) < since;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids.filter((one) => one !== process.pid && (hasWrapped || one > since))) {
    const told = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const isZombie = told[0] === '';
    if (!isZombie && told.some((text) => text.includes(directory))) found.push(pid);
  }
  return found;
}

/** Pids are handed out in order, until they begin anew. */
async function newestPid(): Promise<number> {
  const text = await readFile('/proc/loadavg', 'utf8').catch(() => '');
  return Number(text.trim().split(' ').at(-1) ?? 0) || 0;
}
