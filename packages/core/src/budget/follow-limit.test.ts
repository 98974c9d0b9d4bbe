import { describe, expect, it } from 'vitest';
import { manualClock } from '../seam/manual-clock.fixture.ts';
import { AdapterBudget } from './adapter-budget.ts';
import { keepCalling, ThrottlingServer, type ThrottlingServerOptions } from './throttling-server.fixture.ts';

const TARGET = { adapter: 'cloud', id: 'account 1', describe: {} };
const stepping = (atMs: number) => (atMs < 60_000 || atMs >= 120_000 ? 50 : 5);

interface Setup extends Pick<ThrottlingServerOptions, 'limit' | 'burstSeconds'> {
  readonly adapters?: number;
  readonly callers?: number;
  readonly untilMs: number;
  readonly roundTripMs?: number;
  /** All callers of an adapter are inside one call of it, as when it submits many parts. */
  readonly inOneCall?: boolean;
}

/** Each adapter of the same target, with so many callers, until `untilMs`. */
async function run({ adapters = 1, callers = 24, untilMs, roundTripMs = 80, inOneCall = false, ...limits }: Setup) {
  const clock = manualClock();
  const server = new ThrottlingServer({ clock, ...limits });
  const { signal } = new AbortController();
  const budgets = Array.from({ length: adapters }, () => new AdapterBudget({ clock }));
  for (const budget of budgets) budget.join(TARGET);
  const calling = budgets.flatMap((adapterBudget) => {
    const shared = adapterBudget.forCall(signal);
    const budget = () => (inOneCall ? shared : adapterBudget.forCall(signal));
    return Array.from({ length: callers }, () => keepCalling({ clock, server, budget, roundTripMs, untilMs }));
  });
  await clock.advance(untilMs + 60_000);
  await Promise.all(calling);
  for (const budget of budgets) budget.close();
  expect(clock.sleepers).toBe(0);
  return server;
}

describe('a server whose limit steps 50 → 5 → 50 per second', () => {
  const windows = [0, 30_000, 60_000, 90_000, 120_000, 150_000];

  it.each([
    { saves: '1 s of its limit', burstSeconds: 1, roundTripMs: 80, adapters: 1, inOneCall: false },
    { saves: '1 s of its limit', burstSeconds: 1, roundTripMs: 20, adapters: 2, inOneCall: false },
    { saves: '2 s of its limit', burstSeconds: 2, roundTripMs: 80, adapters: 2, inOneCall: false },
    { saves: '1 s of its limit', burstSeconds: 1, roundTripMs: 20, adapters: 1, inOneCall: true },
  ])(
    'is followed: at least 0.9 of each 30 s (saves $saves, $adapters adapters, $roundTripMs ms away, one call: $inOneCall)',
    async (setup) => {
      const server = await run({ ...setup, limit: stepping, untilMs: 180_000 });

      for (const fromMs of windows) {
        expect(server.window(fromMs, fromMs + 30_000).ofAllowed, `from ${fromMs} ms`).toBeGreaterThanOrEqual(0.9);
      }
      expect(server.window(30_000, 60_000).refusedShare).toBeLessThan(0.02);
      expect(server.window(150_000, 180_000).refusedShare).toBeLessThan(0.02);
      // Each look whether there is more by now costs a call, and there are few of them.
      expect(server.window(90_000, 120_000).refusedShare).toBeLessThan(0.15);
    },
  );

  it('is followed whenever the limit comes back', async () => {
    const ratios: number[] = [];
    for (let laterMs = 0; laterMs < 4_000; laterMs += 500) {
      const backMs = 30_000 + laterMs;
      const server = await run({ limit: (atMs) => (atMs < backMs ? 5 : 50), untilMs: backMs + 30_000 });
      ratios.push(server.window(backMs, backMs + 30_000).ofAllowed);
    }
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('a limit that others share', () => {
  it('is used up when half of it is taken by another process', async () => {
    const limit = (atMs: number) => (atMs < 20_000 ? 40 : 20);
    const server = await run({ limit, untilMs: 60_000 });

    expect(server.window(20_000, 40_000).ofAllowed).toBeGreaterThanOrEqual(0.9);
    expect(server.window(40_000, 60_000).ofAllowed).toBeGreaterThanOrEqual(0.95);
    expect(server.window(40_000, 60_000).refusedShare).toBeLessThan(0.05);
  });

  it('costs two clients of this process no more refusals than one', async () => {
    const setup = { limit: () => 50, untilMs: 60_000 };
    const one = await run({ ...setup, callers: 48 });
    const two = await run({ ...setup, callers: 24, adapters: 2 });

    expect(two.window(20_000, 60_000)).toEqual(one.window(20_000, 60_000));
  });
});

describe('two processes at one server', () => {
  it('get a fair share each, the one that came later too', async () => {
    const clock = manualClock();
    const server = new ThrottlingServer({ clock, limit: () => 50 });
    const { signal } = new AbortController();
    const untilMs = 120_000;
    const served = [0, 0];
    const calling = served.flatMap((_, process) => {
      // A clock of its own: what one process learns the other does not know.
      const budget = new AdapterBudget({ clock: Object.create(clock) });
      budget.join(TARGET);
      const own = {
        call: () => {
          const answer = server.call();
          if (answer === 'served' && clock.monotonicMs() >= 60_000) served[process] = (served[process] ?? 0) + 1;
          return answer;
        },
      };
      return Array.from({ length: 24 }, async () => {
        await clock.sleep(process * 20_000);
        await keepCalling({ clock, server: own, budget: () => budget.forCall(signal), roundTripMs: 80, untilMs });
      });
    });
    await clock.advance(untilMs + 60_000);
    await Promise.all(calling);

    expect(Math.min(...served) / Math.max(...served)).toBeGreaterThanOrEqual(0.7);
    expect(server.window(60_000, untilMs).ofAllowed).toBeGreaterThanOrEqual(0.95);
    expect(server.window(60_000, untilMs).refusedShare).toBeLessThan(0.05);
  });
});

describe('a storm', () => {
  it('of 2,000 calls at once calms down within seconds', async () => {
    const server = await run({ limit: () => 50, callers: 2_000, untilMs: 30_000 });

    expect(server.window(0, 10_000).ofAllowed).toBeGreaterThanOrEqual(0.9);
    expect(server.window(10_000, 30_000).ofAllowed).toBeGreaterThanOrEqual(0.95);
    expect(server.window(10_000, 30_000).refusedShare).toBeLessThan(0.05);
  });

  it('that refuses everything is asked again, and over when it is over', async () => {
    const server = await run({ limit: (atMs) => (atMs < 10_000 || atMs >= 300_000 ? 20 : 1e-9), untilMs: 420_000 });

    expect(server.window(60_000, 300_000).refusedShare).toBe(1);
    const asked = server.refused.filter((atMs) => atMs >= 60_000 && atMs < 300_000).length;
    expect(asked).toBeGreaterThanOrEqual(20);
    expect(asked).toBeLessThan(100);
    expect(server.window(360_000, 420_000).ofAllowed).toBeGreaterThanOrEqual(0.9);
  });
});
