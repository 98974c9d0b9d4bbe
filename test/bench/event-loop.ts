import { join } from 'node:path';
import type { LoopDelay } from './event-loop-probe.ts';
import { alternate, type Figure, type Metric, median, type Scale } from './harness.ts';
import { realDisk } from './real-disk.ts';
import { runProbe } from './run-probe.ts';

const PROBE = new URL('./event-loop-probe.ts', import.meta.url);
const LOGS = 10;

export const eventLoop: Metric = {
  name: 'event-loop',
  about: 'delay of the event loop among live jobs and followed logs',
  measure: measureEventLoop,
};

async function measureEventLoop({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const [jobs, seconds] = quick ? [1_000, 2] : [10_000, 10];
  using disk = realDisk();
  const [busy, idle]: [LoopDelay[], LoopDelay[]] = [[], []];
  const pairs = await alternate(
    rounds,
    async (round) => {
      const ledger = join(disk.folder, `ledger-${round}`);
      const delay = await probe(['ours', seconds, jobs, LOGS, seed + round, ledger]);
      if (delay.lines === 0 || delay.ended === 0 || delay.looks === 0)
        throw new Error(`Nothing happened: ${told(delay)}`);
      if (round > 0) busy.push(delay);
      return delay.p99Ms;
    },
    async (round) => {
      const delay = await probe(['peer', seconds]);
      if (round > 0) idle.push(delay);
      return delay.p99Ms;
    },
  );
  const middle = (delays: readonly LoopDelay[], what: keyof LoopDelay) => median(delays.map((delay) => delay[what]));
  const spread = (delays: readonly LoopDelay[]) =>
    `p50 ${middle(delays, 'p50Ms').toFixed(1)} ms, max ${middle(delays, 'maxMs').toFixed(1)} ms`;
  return [
    {
      metric: 'event-loop-p99',
      unit: 'ms',
      peer: 'idle loop',
      pairs,
      goal: { value: { atMost: 20 } },
      size: { jobs, logs: LOGS, seconds, seed },
      note: `a sample each 5 ms, which are part of the figures; ours ${spread(busy)}; idle ${spread(idle)}; meanwhile ${middle(busy, 'looks')} sweeps, ${middle(busy, 'changes')} changes of which ${middle(busy, 'ended')} ends (recorded, and followed by a new job), ${middle(busy, 'lines')} lines (medians); backend in the same process, its rows made 500 a turn`,
    },
  ];
}

function probe(args: readonly (string | number)[]): Promise<LoopDelay> {
  return runProbe<LoopDelay>({ program: PROBE, args: args.map(String), node: ['--expose-gc'] });
}

function told(delay: LoopDelay): string {
  return JSON.stringify(delay);
}
