import { appendFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob, file } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { hurriedClock } from './hurried-clock.ts';
import type { JourneyBackend } from './journey-backend.ts';

/** Two minutes, the deadline of a call, are four seconds. */
const TIMES = 30;

const PROGRAM = [
  'INDEX=$(printenv SCIJOB_INDEX || echo 0)',
  'echo "$SCIJOB_KEY $INDEX" >> "$RAN"',
  'echo "line 1 of $1"; echo "line 2 of $1"; sleep 0.15',
  'echo "line 3 of $1"; echo "line 4 of $1"',
  'printf "made by %s" "$1" > made.txt',
  'exit "$2"',
].join('\n');

/** Real processes on this machine: each appends to a file when it runs. */
export async function localBackend(): Promise<JourneyBackend> {
  const home = await mkdtemp(join(tmpdir(), 'scijob-faults-'));
  const local = createLocal({ directory: join(home, 'local'), cpus: 32 });
  // As often, in real time, as a local backend is looked at.
  const cadence = { fastestMs: 25 * TIMES, slowestMs: 100 * TIMES };
  const ranPath = join(home, 'ran');
  appendFileSync(ranPath, '');
  return {
    home,
    clock: hurriedClock(TIMES),
    adapter: { ...local, capabilities: { ...local.capabilities, cadence } },
    job: (name, fails) =>
      new CommandJob({
        name: 'journey',
        command: ['sh', '-c', PROGRAM, 'sh', name, fails ? '3' : '0'],
        environment: { RAN: ranPath },
        outputs: { made: file('made.txt') },
      }),
    async ran() {
      await untilIdle(join(home, 'local', 'jobs'));
      return (await readFile(ranPath, 'utf8')).split('\n').filter(Boolean).sort();
    },
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}

/** Every native job has ended, or was fenced so that it never begins. */
async function untilIdle(jobs: string): Promise<void> {
  const untilMs = performance.now() + 20_000;
  for (;;) {
    const open: string[] = [];
    for (const name of await readdir(jobs).catch(() => [])) {
      const marks = await Promise.all(['ended', 'fenced'].map((mark) => exists(join(jobs, name, mark))));
      if (!marks.includes(true)) open.push(name);
    }
    if (open.length === 0) return;
    if (performance.now() > untilMs) throw new Error(`still running after 20 seconds: ${open.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
