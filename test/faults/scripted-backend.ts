import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob, file } from '@scijob/core';
import { createFakeAdapter } from '@scijob/testing';
import { hurriedClock } from './hurried-clock.ts';
import { type JourneyBackend, LINES, madeBy } from './journey-backend.ts';

/** Two minutes, the deadline of a call, are little more than a second. */
const TIMES = 100;
const QUEUE_SECONDS = 1;

/** The fake: no process, so that there can be many trials. */
export async function scriptedBackend(): Promise<JourneyBackend> {
  const home = await mkdtemp(join(tmpdir(), 'scijob-faults-'));
  const nameOf = ({ command }: { readonly command?: readonly string[] }) => command?.[1] ?? '';
  const adapter = createFakeAdapter({
    queueSeconds: QUEUE_SECONDS,
    runSeconds: 3,
    pageSize: 5,
    logs: (job) => LINES.map((line, index) => ({ text: `${line} of ${nameOf(job)}`, atSeconds: index < 2 ? 0 : 2 })),
    outputs: (job) => ({ 'made.txt': madeBy(nameOf(job)) }),
    ends: ({ command }) => (command?.[2] === '3' ? { reason: 'exit-nonzero', exitCode: 3 } : 'succeeded'),
  });
  return {
    home,
    clock: hurriedClock(TIMES),
    adapter,
    job: (name, fails) =>
      new CommandJob({
        name: 'journey',
        command: ['program', name, fails ? '3' : '0'],
        outputs: { made: file('made.txt') },
      }),
    async ran() {
      // What arrived just now waits before it runs.
      await new Promise((resolve) => setTimeout(resolve, (2 * QUEUE_SECONDS * 1_000) / TIMES));
      const untilMs = performance.now() + 5_000;
      while (adapter.backend.runs.some(({ endedAt }) => endedAt === undefined)) {
        if (performance.now() > untilMs) throw new Error('still running after 5 seconds');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return adapter.backend.runs.map(({ key, index }) => `${key} ${index}`).sort();
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
