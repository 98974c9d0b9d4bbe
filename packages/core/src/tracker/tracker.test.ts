import { afterEach, describe, expect, it } from 'vitest';
import type { JobRef } from '../ids/job-ref.ts';
import { silentLogger } from '../seam/default-logger.ts';
import { manualClock } from '../seam/manual-clock.fixture.ts';
import type { Sweep } from '../seam/observation.ts';
import type { JobStatus } from '../state/job-status.ts';
import { nextChange } from './next-change.ts';
import type { TrackedJob } from './tracked-job.ts';
import { Tracker } from './tracker.ts';

const queued: JobStatus = { state: 'queued', attempt: '1.0', at: new Date(0) };
const refOf = (key: string): JobRef => ({
  version: 1,
  target: { adapter: 'x', id: 'x', describe: {} },
  key,
  jobHash: '',
  submissions: [],
  kind: 'command',
  places: {},
});

function setUp(answer: (jobs: readonly TrackedJob[]) => Sweep | Error = covered) {
  const clock = manualClock();
  const sweeps: { readonly atMs: number; readonly jobs: number }[] = [];
  const ended: string[] = [];
  const state = { answer };
  const tracker = new Tracker({
    name: 'x',
    cadence: { fastestMs: 250, slowestMs: 10_000 },
    clock,
    logger: silentLogger,
    observe: async (jobs) => {
      sweeps.push({ atMs: clock.monotonicMs(), jobs: jobs.length });
      const sweep = state.answer(jobs);
      if (sweep instanceof Error) throw sweep;
      return sweep;
    },
    onEnd: async (job) => {
      ended.push(job.ref.key);
    },
  });
  open.push(tracker);
  return { clock, sweeps, ended, tracker, state };
}

const covered = (jobs: readonly TrackedJob[]): Sweep => ({
  covered: jobs.map(({ ref }) => ref),
  seen: jobs.map(({ ref }) => ({ ref, status: queued, evidence: null })),
});
const open: Tracker[] = [];
afterEach(async () => {
  for (const tracker of open.splice(0)) await tracker.close();
});

describe('the tracker', () => {
  it('looks fast after a submit, then slower, never slower than its limit, with jitter', async () => {
    const { clock, sweeps, tracker } = setUp();
    tracker.track(refOf('a'), queued);
    await clock.advance(600_000);

    const delays = sweeps.map(({ atMs }, index) => atMs - (sweeps[index - 1]?.atMs ?? 0));
    expect(delays[0]).toBeGreaterThanOrEqual(200);
    expect(delays[0]).toBeLessThanOrEqual(300);
    expect(Math.max(...delays)).toBeLessThanOrEqual(12_000);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(8_000);
    expect(new Set(delays.slice(-5)).size).toBeGreaterThan(1);
  });

  it('makes one call and holds one timer however many jobs there are', async () => {
    const { clock, sweeps, tracker } = setUp();
    for (let index = 0; index < 1_000; index += 1) tracker.track(refOf(`job ${index}`), queued);
    expect(clock.sleepers).toBe(1);
    await clock.advance(300);
    expect(sweeps).toEqual([{ atMs: expect.any(Number), jobs: 1_000 }]);
    expect(clock.sleepers).toBe(1);
  });

  it('looks no more once nothing is left to look at', async () => {
    const { clock, sweeps, ended, tracker, state } = setUp();
    const job = tracker.track(refOf('a'), queued);
    state.answer = (jobs) => ({
      covered: jobs.map(({ ref }) => ref),
      seen: jobs.map(({ ref }) => ({
        ref,
        status: { state: 'succeeded', attempt: '1.0', at: new Date(0) },
        evidence: { exit: 0 },
      })),
    });
    await clock.advance(60_000);
    expect(sweeps).toHaveLength(1);
    expect(ended).toEqual(['a']);
    expect(job).toMatchObject({
      ending: undefined,
      details: { evidence: { exit: 0 } },
      status: { state: 'succeeded' },
    });
    expect(clock.sleepers).toBe(0);
  });

  it('is stale while looks fail, changes no job, and recovers', async () => {
    const { clock, sweeps, tracker, state } = setUp(() => new Error('no route to host'));
    const job = tracker.track(refOf('a'), queued);
    await clock.advance(3_600_000);
    expect(job.status).toBe(queued);
    expect(tracker.staleSince).toEqual(new Date(sweeps[0]?.atMs ?? -1));
    state.answer = covered;
    await clock.advance(12_000);
    expect(tracker.staleSince).toBeUndefined();
    expect(job.details?.unseen).toBeUndefined();
  });

  it('does not call a job lost for the time a machine slept', async () => {
    const { clock, tracker, sweeps } = setUp((jobs) => ({ covered: jobs.map(({ ref }) => ref), seen: [] }));
    const job = tracker.track(refOf('a'), queued);
    await clock.advance(60_000);
    // Two days pass in which no timer runs: the next look comes late, once.
    const looks = sweeps.length;
    const lateMs = 2 * 24 * 3_600_000;
    const { monotonicMs } = clock;
    clock.monotonicMs = () => monotonicMs() + lateMs;
    await clock.advance(13_000);
    expect(sweeps.length).toBeGreaterThan(looks);
    expect(job.status.state).toBe('queued');
    await clock.advance(20 * 60_000);
    expect(job.status.state).toBe('lost');
  });

  it('wakes whoever waits for a change, and takes an aborted waiter off its list', async () => {
    const { clock, tracker, state } = setUp();
    const job = tracker.track(refOf('a'), queued);
    const abort = new AbortController();
    const aborted = nextChange(job, job.version, abort.signal);
    const woken = nextChange(job, job.version);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(job.waiters).toHaveLength(1);
    state.answer = (jobs) => ({
      covered: [],
      seen: jobs.map(({ ref }) => ({ ref, status: { ...queued, state: 'running' }, evidence: null })),
    });
    await clock.advance(11_000);
    await woken;
    expect(job.status.state).toBe('running');
  });

  it('joins looks asked for at the same time', async () => {
    const { sweeps, tracker } = setUp();
    tracker.track(refOf('a'), queued);
    await Promise.all([tracker.sweep(), tracker.sweep(), tracker.sweep()]);
    expect(sweeps).toHaveLength(1);
  });
});
