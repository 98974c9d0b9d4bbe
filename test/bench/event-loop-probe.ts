// One side of the `event-loop` metric, in a process of its own: `ours <seconds> <jobs> <logs> <seed> <ledger>` or `peer <seconds>`.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createClient, type JobHandle } from '@scijob/core';
import { ChangingBackend } from './changing-backend.ts';
import { distinctJob } from './distinct-job.ts';
import { requireCount } from './harness.ts';
import { inFlight } from './in-flight.ts';

/** Between two samples. Shorter, and the many idle ones between two sweeps would hide any sweep from a percentile. */
const RESOLUTION_MS = 5;
const LINES_PER_SECOND = 100;
/** For the compiler, and for what the submits leave behind. */
const SETTLE_SECONDS = 2;

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly samples: number;
  readonly looks: number;
  readonly changes: number;
  readonly ended: number;
  readonly lines: number;
}

const [side, duration = '', wanted = '', followed = '', seed = '', ledger = ''] = process.argv.slice(2);
const delay =
  side === 'ours' ? await amongLiveJobs() : await measure(() => ({ looks: 0, changes: 0, ended: 0, lines: 0 }));
process.stdout.write(JSON.stringify(delay));
process.exit(0);

async function amongLiveJobs(): Promise<LoopDelay> {
  const jobs = Number(wanted);
  const backend = new ChangingBackend(Number(seed), LINES_PER_SECOND);
  const client = createClient({ adapters: { changing: backend.adapter }, ledger, logger: false });
  const count = { submitted: 0, ended: 0, lines: 0 };
  const live = new Set<JobHandle<unknown>>();
  // Whatever ends is followed by the next, so that there are always as many.
  const submit = async () => {
    count.submitted += 1;
    const handle = await client.submit(distinctJob(count.submitted, Number(seed)));
    live.add(handle);
    void handle.wait().then(async () => {
      live.delete(handle);
      count.ended += 1;
      await submit();
    });
  };
  await inFlight(jobs, 256, submit);
  const follow = async (): Promise<void> => {
    const [handle] = live;
    // One that has ended is left for one that lives.
    for await (const _line of handle?.logs() ?? []) {
      count.lines += 1;
      if (handle && !live.has(handle)) return follow();
    }
  };
  for (let log = 0; log < Number(followed); log += 1) void follow();
  const delay = await measure(() => ({ looks: backend.looks, changes: backend.changes, ...count }));
  requireCount('Live jobs at the end, those on their way included', count.submitted - count.ended, jobs);
  return delay;
}

interface Counted {
  readonly looks: number;
  readonly changes: number;
  readonly ended: number;
  readonly lines: number;
}

async function measure(count: () => Counted): Promise<LoopDelay> {
  await setTimeout(1_000 * SETTLE_SECONDS);
  globalThis.gc?.();
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = count();
  histogram.enable();
  await setTimeout(1_000 * Number(duration));
  histogram.disable();
  const after = count();
  return {
    p50Ms: histogram.percentile(50) / 1e6,
    p99Ms: histogram.percentile(99) / 1e6,
    maxMs: histogram.max / 1e6,
    samples: histogram.count,
    looks: after.looks - before.looks,
    changes: after.changes - before.changes,
    ended: after.ended - before.ended,
    lines: after.lines - before.lines,
  };
}
