import { describe, expect, it } from 'vitest';
import type { Clock } from '../seam/clock.ts';
import { type ManualClock, manualClock } from '../seam/manual-clock.fixture.ts';
import { ApiLimiter, type Caller, type StartingRate } from './api-limiter.ts';

function setUp(startingRate?: StartingRate) {
  const clock = manualClock();
  let sleeps = 0;
  const counting: ManualClock = Object.create(clock, {
    sleep: {
      value: (ms: number, signal?: AbortSignal) => {
        sleeps += 1;
        return clock.sleep(ms, signal);
      },
    },
  });
  const limiter = new ApiLimiter(counting);
  if (startingRate) limiter.startAt(startingRate);
  const order: string[] = [];
  return {
    clock,
    limiter,
    order,
    get sleeps() {
      return sleeps;
    },
    take(name: string, { calls = 1, signal = new AbortController().signal } = {}) {
      const taken = limiter.take(callerOf(signal), calls).then(() => {
        order.push(`${name} ${clock.monotonicMs()}`);
      });
      taken.catch(() => {});
      return taken;
    },
  };
}

const callerOf = (signal = new AbortController().signal): Caller => ({ signal, grantedMs: undefined });

describe('an API that never refused', () => {
  it('is called without a timer, without waiting and without a promise for each call', async () => {
    const setup = setUp();
    const caller = callerOf();
    const first = setup.limiter.take(caller, 1);
    for (let call = 0; call < 10_000; call += 1) expect(setup.limiter.take(caller, 1)).toBe(first);
    await first;
    expect(setup.sleeps).toBe(0);
  });
});

describe('an API with a rate', () => {
  it('lets callers through in the order they came, evenly spaced', async () => {
    const { clock, take, order } = setUp({ perSecond: 10 / 0.85 });
    for (const name of ['a', 'b', 'c']) void take(name);
    await clock.advance(1_000);
    expect(order).toEqual(['a 0', 'b 100', 'c 200']);
  });

  it('holds one timer however many wait, and none when nobody does', async () => {
    const { clock, take, order } = setUp({ perSecond: 100 });
    for (let call = 0; call < 50; call += 1) void take('call');
    await clock.advance(100);
    expect(clock.sleepers).toBe(1);
    await clock.advance(2_000);
    expect(order).toHaveLength(50);
    expect(clock.sleepers).toBe(0);
  });

  it('lets as many through at once after a pause as its burst says', async () => {
    const { clock, take, order } = setUp({ perSecond: 1, burst: 5 });
    await clock.advance(60_000);
    for (let call = 0; call < 10; call += 1) void take('call');
    await clock.advance(0);
    expect(order).toHaveLength(5);
  });

  it('lets several calls through together, and those behind wait for all of them', async () => {
    const { clock, take, order } = setUp({ perSecond: 10 / 0.85 });
    void take('ten', { calls: 10 });
    void take('next');
    await clock.advance(500);
    expect(order).toEqual(['ten 0']);
    await clock.advance(1_000);
    expect(order).toEqual(['ten 0', 'next 1000']);
  });

  it('lets nobody overtake who waits for more', async () => {
    const { clock, take, order } = setUp({ perSecond: 10 / 0.85, burst: 10 });
    void take('all', { calls: 10 });
    void take('many', { calls: 10 });
    await clock.advance(500);
    void take('one');
    await clock.advance(700);
    expect(order).toEqual(['all 0', 'many 1000', expect.stringMatching(/^one /)]);
  });

  it('makes up for timers that come late', async () => {
    const clock = manualClock();
    // A busy process: whoever sleeps is woken at the next full 80 ms.
    const busy: Clock = Object.create(clock, {
      sleep: {
        value: (ms: number, signal?: AbortSignal) => {
          const nowMs = clock.monotonicMs();
          return clock.sleep(80 * Math.ceil((nowMs + ms) / 80) - nowMs, signal);
        },
      },
    });
    const limiter = new ApiLimiter(busy);
    limiter.startAt({ perSecond: 100 });
    let taken = 0;
    const lane = async () => {
      while (taken < 1_000) {
        await limiter.take(callerOf(), 1);
        taken += 1;
      }
    };
    const lanes = [lane(), lane(), lane()];
    await clock.advance(2_000);
    expect(taken).toBeGreaterThanOrEqual(2 * 85);
    await clock.advance(20_000);
    await Promise.all(lanes);
  });
});

describe('who stops waiting', () => {
  it('is rejected with the reason and does not hold its place', async () => {
    const { clock, take, order } = setUp({ perSecond: 10 / 0.85 });
    const stop = new AbortController();
    void take('a');
    const gone = take('gone', { signal: stop.signal });
    void take('b');
    await clock.advance(50);
    stop.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    await clock.advance(1_000);
    expect(order).toEqual(['a 0', 'b 100']);
  });

  it('does not make those behind wait for its share', async () => {
    const { clock, take, order } = setUp({ perSecond: 1, burst: 60 });
    const stop = new AbortController();
    void take('all', { calls: 60 });
    void take('many', { calls: 60, signal: stop.signal });
    void take('one');
    await clock.advance(2_000);
    stop.abort();
    await clock.advance(100);
    expect(order).toEqual(['all 0', 'one 2000']);
  });

  it('leaves no timer behind when it was the last', async () => {
    const { clock, take } = setUp({ perSecond: 1 });
    const stop = new AbortController();
    void take('a');
    void take('gone', { signal: stop.signal });
    await clock.advance(10);
    expect(clock.sleepers).toBe(1);
    stop.abort();
    await clock.advance(10);
    expect(clock.sleepers).toBe(0);
  });
});

describe('a refusal', () => {
  it('makes who comes next wait, and the calls in flight with it', async () => {
    const { clock, limiter, take, order } = setUp();
    const callers = Array.from({ length: 20 }, () => callerOf());
    for (const caller of callers) await limiter.take(caller, 1);
    await clock.advance(500);
    for (const caller of callers.slice(0, 10)) limiter.throttled(caller);
    void take('again');
    await clock.advance(0);
    expect(order).toEqual([]);
    await clock.advance(200);
    expect(order).toHaveLength(1);
  });

  it('counts for a rate an adapter declares only until something is learnt', async () => {
    const { clock, limiter, take, order } = setUp();
    await limiter.take(callerOf(), 1);
    limiter.throttled(callerOf());
    limiter.startAt({ perSecond: 1_000, burst: 100 });
    for (let call = 0; call < 10; call += 1) void take('call');
    await clock.advance(500);
    expect(order).toHaveLength(0);
  });
});
