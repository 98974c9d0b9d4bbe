import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@scijob/core';
import { defineAdapter, eachOne, type Part } from '@scijob/core/adapter';
import { distinctJob } from './distinct-job.ts';
import type { Figure, Metric, Pair, Scale } from './harness.ts';
import { realDisk } from './real-disk.ts';
import { STEPS, type StepCount } from './stepping-limit.ts';
import { ThrottlingServer } from './throttling-server.ts';

const CALLERS = 32;
const ANSWER_AFTER_MS = 50;
/** The usual back-off of clients: each repetition waits up to twice as long. */
const BACK_OFF = { firstMs: 100, mostMs: 20_000 };

export const budget: Metric = {
  name: 'budget',
  about: `share of a limit that is used while it steps ${STEPS.join(' → ')} calls per second`,
  measure: measureBudget,
};

async function measureBudget({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const stepSeconds = quick ? 3 : 30;
  using disk = realDisk();
  // All rounds at once: each is mostly waiting, and has servers of its own.
  const counted = await Promise.all(
    Array.from({ length: rounds }, async (_, round) => {
      const ledger = join(disk.folder, `ledger-${round}`);
      const [ours, peer] = await Promise.all([
        counting(stepSeconds, (server, untilMs) => submitUntil(server, untilMs, ledger, seed + round)),
        counting(stepSeconds, callUntil),
      ]);
      return { ours, peer };
    }),
  );
  const pairs = (measure: (counts: readonly StepCount[]) => number): readonly Pair[] =>
    counted.map(({ ours, peer }) => ({ ours: measure(ours), peer: measure(peer) }));
  const shared = {
    peer: 'exponential back-off with jitter',
    size: { stepSeconds, callers: CALLERS, answerAfterMs: ANSWER_AFTER_MS, seed },
    note: 'counted at the server, which is in a process of its own and saves up one second of its limit',
  };
  return [
    {
      ...shared,
      metric: 'budget-used',
      unit: `of what was allowed, in the worst of the steps ${STEPS.join(' → ')}/s`,
      pairs: pairs((counts) => Math.min(...counts.map(({ served, allowed }) => served / allowed))),
      goal: { value: { atLeast: 0.9 } },
    },
    {
      ...shared,
      metric: 'budget-refused',
      unit: '% of the calls refused',
      pairs: pairs((counts) => {
        const refused = counts.reduce((sum, count) => sum + count.refused, 0);
        return (100 * refused) / counts.reduce((sum, { served }) => sum + served, refused);
      }),
      goal: { value: { atMost: 5 } },
    },
  ];
}

async function counting(
  stepSeconds: number,
  work: (server: ThrottlingServer, untilMs: number) => Promise<void>,
): Promise<readonly StepCount[]> {
  const server = await ThrottlingServer.start(stepSeconds, ANSWER_AFTER_MS);
  await work(server, performance.now() + 1_000 * STEPS.length * stepSeconds);
  const counts = await server.counts();
  await server.close();
  return counts;
}

/** Submits jobs through a client. Its adapter makes one call per job. */
async function submitUntil(server: ThrottlingServer, untilMs: number, ledger: string, seed: number): Promise<void> {
  const client = createClient({ adapters: { http: httpAdapter(server) }, ledger, logger: false });
  let jobs = 0;
  await lanes(untilMs, async () => {
    jobs += 1;
    await client.submit(distinctJob(jobs, seed));
  });
  await client.close();
}

function httpAdapter(server: ThrottlingServer) {
  return defineAdapter({
    id: 'http',
    capabilities: { kinds: { command: true }, submitOnce: 'token' },
    target: async () => ({ adapter: 'http', id: server.url, describe: {} }),
    submit: eachOne(async ({ key }: Part, { budget: calls, signal }) => {
      for (;;) {
        await calls.take('Submit');
        if (await server.call(signal)) return { type: 'accepted' as const, nativeId: key.token };
        calls.throttled('Submit');
      }
    }),
    observe: async (targets) => ({
      covered: targets.map(({ ref }) => ref),
      seen: targets.map(({ ref }) => ({
        ref,
        status: { state: 'queued', attempt: '1.0', at: new Date() },
        evidence: null,
      })),
    }),
  });
}

/** What one would write by hand: the same calls, each repeated after a while when it was refused. */
async function callUntil(server: ThrottlingServer, untilMs: number): Promise<void> {
  await lanes(untilMs, async () => {
    for (let waitMs = BACK_OFF.firstMs; !(await server.call()); waitMs = Math.min(BACK_OFF.mostMs, 2 * waitMs)) {
      await setTimeout(Math.min(waitMs * Math.random(), Math.max(1, untilMs - performance.now())));
    }
  });
}

async function lanes(untilMs: number, work: () => Promise<void>): Promise<void> {
  const lane = async () => {
    while (performance.now() < untilMs) await work();
  };
  await Promise.all(Array.from({ length: CALLERS }, lane));
}
