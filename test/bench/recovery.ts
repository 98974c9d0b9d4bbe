import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, type Metric, type Pair, requireCount, type Scale } from './harness.ts';
import { killSubmit, type SubmitArguments, submitSeconds } from './killed-submit.ts';
import { type RealDisk, realDisk } from './real-disk.ts';
import { type BackendEntry, JOBS_PER_CALL } from './recorded-backend.ts';
import { RecordedBackendConnection } from './recorded-backend-connection.ts';
import { RecordedBackendServer } from './recorded-backend-server.ts';
import type { Recovered } from './recovery-probe.ts';
import { runProbe } from './run-probe.ts';
import { seededRandom } from './seeded-random.ts';

/** About what submitting takes in the small slice: not worth a run of its own there. */
const QUICK_SECONDS = 0.5;
const PROBE = new URL('./recovery-probe.ts', import.meta.url);

export const recovery: Metric = {
  name: 'recovery',
  about: 'SIGKILL in the midst of submitting → each key known as exists or never sent',
  measure: measureRecovery,
};

/** What one kill left behind, and what came of it. */
interface Killed {
  /** Of the time that submitting takes. */
  readonly moment: number;
  /** Jobs the backend had at the kill. */
  readonly existed: number;
  readonly adopted: Recovered;
  readonly resubmitted: Recovered;
  readonly byHand: Recovered;
  /** Calls of one look at all jobs, when all are there. */
  readonly sweepCalls: number;
  /** Keys that were said to exist and did not, or the other way round. */
  readonly misjudged: number;
  readonly lost: number;
  readonly doubled: number;
}

interface Crash {
  readonly disk: RealDisk;
  readonly jobs: number;
  readonly inFlight: number;
  readonly seed: number;
}

async function measureRecovery(scale: Scale): Promise<readonly Figure[]> {
  const jobs = scale.quick ? 1_000 : 10_000;
  using disk = realDisk();
  const figures: Figure[] = [];
  // A program that keeps some under way, and one that keeps as many as go into one call of an adapter.
  for (const inFlight of scale.quick ? [64] : [64, 1_000]) {
    const crash = { disk, jobs, inFlight, seed: scale.seed };
    figures.push(...toFigures(crash, await killAgainAndAgain(crash, scale)));
  }
  return figures;
}

async function killAgainAndAgain(crash: Crash, { rounds, seed, quick }: Scale): Promise<readonly Killed[]> {
  const seconds = quick ? QUICK_SECONDS : await undisturbed(crash);
  const assumed = quick ? 'is assumed to take' : 'takes';
  process.stderr.write(
    `  ${crash.inFlight} in flight: it ${assumed} ${seconds.toFixed(2)} s when nobody kills it; seed ${crash.seed}\n`,
  );
  const random = seededRandom(seed + crash.inFlight);
  const killed: Killed[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const one = await killOnce(crash, round, random, seconds);
    const { moment, existed, adopted, resubmitted, byHand } = one;
    process.stderr.write(
      `  round ${round}: killed at ${(100 * moment).toFixed(0)} % (${existed} jobs there); adopt ${told(adopted)}; resubmit ${told(resubmitted)}; by hand ${told(byHand)}\n`,
    );
    // In CI this is a verdict; a figure is never one.
    if (quick) {
      requireCount('Keys misjudged', one.misjudged, 0);
      requireCount('Jobs lost', one.lost, 0);
      requireCount('Jobs doubled', one.doubled, 0);
    }
    killed.push(one);
  }
  return killed;
}

async function undisturbed({ disk, jobs, inFlight, seed }: Crash): Promise<number> {
  const folder = newFolder(disk, `undisturbed-${inFlight}`);
  const server = await RecordedBackendServer.start(join(folder, 'record'));
  const seconds = await submitSeconds(argumentsOf(server, join(folder, 'ledger'), { jobs, inFlight, seed }));
  requireCount('Jobs the backend was sent', server.entries().length, jobs);
  await server.close();
  rmSync(folder, { recursive: true });
  return seconds;
}

async function killOnce(crash: Crash, round: number, random: () => number, seconds: number): Promise<Killed> {
  const { disk, jobs, inFlight } = crash;
  const seed = crash.seed + round;
  for (;;) {
    const folder = newFolder(disk, `killed-${inFlight}-${round}`);
    const [ledger, copy] = [join(folder, 'ledger'), join(folder, 'copy')];
    const server = await RecordedBackendServer.start(join(folder, 'record'));
    const args = argumentsOf(server, ledger, { jobs, inFlight, seed });
    const moment = random();
    try {
      // A machine that is quicker now has done: then it was no kill.
      if (!(await killSubmit(args, moment * seconds))) continue;
      const there = server.entries();
      // Nor was it in the midst before the first one had arrived.
      if (there.length === 0) continue;
      // Two who recover by reading begin with the same ledger; the third one goes on with it.
      if (existsSync(ledger)) cpSync(ledger, copy, { recursive: true });
      const probe = (what: string, folder: string) =>
        runProbe<Recovered>({ program: PROBE, args: [what, args[0], folder, ...args.slice(2)] });
      const byHand = await probe('by-hand', copy);
      const adopted = await probe('adopt', copy);
      const misjudged = differences(adopted, there) + differences(byHand, there);
      requireCount('Jobs sent by who only looked', server.entries().length, there.length);
      const resubmitted = await probe('resubmit', ledger);
      const entries = server.entries();
      const keys = new Set(entries.map(({ key }) => key));
      return {
        moment,
        existed: there.length,
        adopted,
        resubmitted,
        byHand,
        sweepCalls: await callsOfOneSweep(server, entries),
        misjudged,
        lost: jobs - keys.size,
        doubled: entries.length - keys.size,
      };
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  }
}

function argumentsOf(
  { port }: RecordedBackendServer,
  ledger: string,
  { jobs, inFlight, seed }: { readonly jobs: number; readonly inFlight: number; readonly seed: number },
): SubmitArguments {
  return [String(port), ledger, String(jobs), String(seed), String(inFlight)];
}

function newFolder({ folder }: RealDisk, name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

/** Keys that only one of the two has. */
function differences({ exist }: Recovered, entries: readonly BackendEntry[]): number {
  const [said, there] = [new Set(exist), new Set(entries.map(({ key }) => key))];
  return [...said].filter((key) => !there.has(key)).length + [...there].filter((key) => !said.has(key)).length;
}

async function callsOfOneSweep(server: RecordedBackendServer, entries: readonly BackendEntry[]): Promise<number> {
  const connection = await RecordedBackendConnection.open(server.port);
  const before = await connection.counts();
  const states = await connection.observe(entries.map(({ nativeId }) => nativeId));
  requireCount('Jobs that run', states.filter((state) => state === 'RUNNING').length, entries.length);
  const after = await connection.counts();
  connection.close();
  return after.observe - before.observe;
}

function toFigures({ disk, jobs, inFlight, seed }: Crash, killed: readonly Killed[]): readonly Figure[] {
  const pairs = (measure: (one: Killed) => Pair) => killed.map(measure);
  const size = { jobs, inFlight, jobsPerCall: JOBS_PER_CALL, seed };
  const kills = `killed at ${killed.map(({ moment, existed }) => `${(100 * moment).toFixed(0)} % (${existed} jobs there)`).join(', ')}`;
  const way = `${inFlight.toLocaleString('en')} in flight`;
  return [
    {
      metric: `recovery-seconds, ${way}`,
      unit: 's',
      peer: 'by hand: segments parsed, open names looked up by the hundred',
      pairs: pairs(({ adopted, byHand }) => ({ ours: adopted.seconds, peer: byHand.seconds })),
      goal: { value: { atMost: 3 }, inEveryRound: true },
      size,
      note: `from the start of a new process: adopt(), then jobs(); ${disk.note}; ${kills}`,
    },
    {
      metric: `recovery-calls, ${way}`,
      unit: 'calls',
      peer: `one sweep over the ${jobs.toLocaleString('en')} jobs: observe by the ${JOBS_PER_CALL}`,
      pairs: pairs(({ adopted, sweepCalls }) => ({ ours: callsOf(adopted), peer: sweepCalls })),
      goal: { ratio: { atMost: 1.1 }, inEveryRound: true },
      size,
      note: `adopt(), then jobs(); counted by the backend: ${eachCalls(killed.map(({ adopted }) => adopted))}`,
    },
    {
      metric: `recovery-resubmit-seconds, ${way}`,
      unit: 's',
      peer: 'adopt(), then jobs()',
      pairs: pairs(({ resubmitted, adopted }) => ({ ours: resubmitted.seconds, peer: adopted.seconds })),
      goal: {},
      size,
      note: `from the start of a new process: every key submitted again; no goal, for what was never sent is sent; counted by the backend: ${eachCalls(killed.map(({ resubmitted }) => resubmitted))}`,
    },
    {
      metric: `recovery-resubmit-finds, ${way}`,
      unit: 'calls',
      peer: `one sweep over the ${jobs.toLocaleString('en')} jobs`,
      pairs: pairs(({ resubmitted, sweepCalls }) => ({ ours: resubmitted.calls.find, peer: sweepCalls })),
      goal: { ratio: { atMost: 1.1 }, inEveryRound: true },
      size,
      note: 'the look-ups when every key is submitted again: not the submits of what was never sent, nor the looks at what is there by then',
    },
    {
      metric: `recovery-wrong, ${way}`,
      unit: 'keys',
      peer: 'jobs in all kills',
      pairs: pairs(({ lost, doubled, misjudged }) => ({ ours: lost + doubled + misjudged, peer: jobs })),
      goal: { value: { atMost: 0 }, inEveryRound: true },
      size,
      note: `in the record of the backend: ${sum(killed, 'lost')} lost, ${sum(killed, 'doubled')} doubled, ${sum(killed, 'misjudged')} misjudged in ${killed.length} kills`,
    },
  ];
}

function callsOf({ calls: { submit, find, observe } }: Recovered): number {
  return submit + find + observe;
}

function sum(killed: readonly Killed[], what: 'lost' | 'doubled' | 'misjudged'): number {
  return killed.reduce((total, one) => total + one[what], 0);
}

function eachCalls(done: readonly Recovered[]): string {
  const calls = (['find', 'observe', 'submit'] as const).map(
    (call) => `${call} ${done.map((one) => one.calls[call]).join(' ')}`,
  );
  return `${calls.join(', ')} (kill by kill)`;
}

function told({ seconds, calls: { find, observe, submit } }: Recovered): string {
  return `${seconds.toFixed(2)} s, ${find} find, ${observe} observe, ${submit} submit`;
}
