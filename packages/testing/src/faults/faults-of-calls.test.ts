import { describe, expect, it } from 'vitest';
import { callFails } from './call-fails.ts';
import type { Fault } from './fault.ts';
import { createFaults } from './faults.ts';
import { frozen } from './frozen.ts';
import { replyLost } from './reply-lost.ts';
import { sentTwice } from './sent-twice.ts';
import { aContext, aPart, aRef, stubBackend } from './stub-backend.fixture.ts';
import { throttled } from './throttled.ts';
import { unknownOutcome } from './unknown-outcome.ts';
import { during, everyNth, nth, withProbability } from './when.ts';
import { withFaults } from './with-faults.ts';

function setUp(...list: readonly Fault[]) {
  const backend = stubBackend();
  const faults = createFaults(list, { seed: 7 });
  return { backend, faults, adapter: withFaults(backend.adapter, faults) };
}

describe('an adapter with faults', () => {
  it('is the adapter itself where there are none', async () => {
    const { adapter, backend, faults } = setUp();
    expect(await adapter.submit([aPart('a')], aContext())).toEqual([{ type: 'accepted', nativeId: 'a' }]);
    expect({ ...adapter, submit: 0 }).toMatchObject({ id: 'stub', capabilities: backend.adapter.capabilities });
    expect(faults.injected).toEqual([]);
  });

  it('has no member that the adapter has not', () => {
    const { adapter, backend } = setUp();
    expect(Object.keys(adapter).sort()).toEqual(Object.keys(backend.adapter).sort());
  });

  it('does the same to the same calls with the same seed, whatever is called between', async () => {
    const run = async (between: boolean, seed: number) => {
      const faults = createFaults([callFails(['observe', 'find'], withProbability(0.5))], { seed });
      const adapter = withFaults(stubBackend().adapter, faults);
      for (let call = 0; call < 20; call += 1) {
        await adapter.observe([], aContext()).catch(() => {});
        if (between) await adapter.find([], aContext()).catch(() => {});
      }
      return faults.injected.filter(({ method }) => method === 'observe').map(({ call }) => call);
    };
    expect(await run(true, 7)).toEqual(await run(false, 7));
    expect(await run(false, 7)).not.toEqual(await run(false, 8));
  });

  it('is well again after stop()', async () => {
    const { adapter, faults } = setUp(callFails('observe'));
    await expect(adapter.observe([], aContext())).rejects.toThrow('injected');
    await faults.stop();
    await expect(adapter.observe([], aContext())).resolves.toBeDefined();
    expect(String(faults)).toContain('seed 7; call fails (always)\n1 injected');
  });
});

describe('a call that fails', () => {
  it('does not reach the backend', async () => {
    const { adapter, backend } = setUp(callFails('submit', nth(2)));
    await adapter.submit([aPart('a')], aContext());
    await expect(adapter.submit([aPart('b')], aContext())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(backend.calls).toEqual(['submit a']);
  });

  it('fails only in its window', async () => {
    const at = { ms: 500 };
    const { adapter } = setUp(callFails('observe', during(100, 200)));
    await adapter.observe([], aContext({ at }));
    at.ms = 650;
    await expect(adapter.observe([], aContext({ at }))).rejects.toThrow('injected');
    at.ms = 700;
    await adapter.observe([], aContext({ at }));
  });
});

describe('a reply that is lost', () => {
  it('leaves the backend with what it was asked to do', async () => {
    const { adapter, backend, faults } = setUp(replyLost('submit', everyNth(2)));
    await adapter.submit([aPart('a')], aContext());
    await expect(adapter.submit([aPart('b')], aContext())).rejects.toThrow('injected');
    expect(backend.calls).toEqual(['submit a', 'submit b']);
    expect(faults.injected).toMatchObject([{ method: 'submit', call: 2 }]);
  });
});

describe('a submit that is sent twice', () => {
  it('reaches the backend twice and answers once', async () => {
    const { adapter, backend } = setUp(sentTwice());
    expect(await adapter.submit([aPart('a')], aContext())).toHaveLength(1);
    expect(backend.calls).toEqual(['submit a', 'submit a']);
  });
});

describe('an unknown outcome', () => {
  it.each([
    ['reply', 'submit a b c'],
    ['request', 'submit a c'],
  ] as const)('hits the nth item alone, its %s lost', async (lost, sent) => {
    const { adapter, backend } = setUp(unknownOutcome('submit', nth(2), { lost }));
    const outcomes = await adapter.submit([aPart('a'), aPart('b'), aPart('c')], aContext());
    expect(outcomes).toMatchObject([
      { type: 'accepted', nativeId: 'a' },
      { type: 'unknown' },
      { type: 'accepted', nativeId: 'c' },
    ]);
    expect(backend.calls).toEqual([sent]);
  });

  it('counts items over all calls', async () => {
    const { adapter } = setUp(unknownOutcome('submit', nth(2)));
    await adapter.submit([aPart('a')], aContext());
    expect(await adapter.submit([aPart('b')], aContext())).toMatchObject([{ type: 'unknown' }]);
  });
});

describe('a frozen backend', () => {
  it('holds the caller until it gives up, and carries the request out when it thaws', async () => {
    const freeze = frozen('submit');
    const { adapter, backend } = setUp(freeze);
    const caller = new AbortController();
    const submitting = adapter.submit([aPart('a')], aContext({ signal: caller.signal }));
    caller.abort(new Error('given up'));
    await expect(submitting).rejects.toThrow('given up');
    expect(backend.calls).toEqual([]);
    await freeze.thaw();
    expect(backend.calls).toEqual(['submit a']);
  });

  it('holds nobody who has given up already', async () => {
    const { adapter } = setUp(frozen('submit'));
    const signal = AbortSignal.abort(new Error('given up before'));
    await expect(adapter.submit([aPart('a')], aContext({ signal }))).rejects.toThrow('given up before');
  });

  it('answers who still waits when it thaws', async () => {
    const { adapter, backend, faults } = setUp(frozen('submit', nth(1), { holds: 'reply' }));
    const submitting = adapter.submit([aPart('a')], aContext());
    await expect.poll(() => backend.calls).toEqual(['submit a']);
    await faults.stop();
    expect(await submitting).toMatchObject([{ type: 'accepted' }]);
  });
});

describe('a throttled backend', () => {
  it('takes what its limit allows, refuses the rest, and counts both per step', async () => {
    const at = { ms: 0 };
    const limit = throttled('observe', {
      perSecond: [
        { perSecond: 50, forMs: 1_000 },
        { perSecond: 5, forMs: 2_000 },
        { perSecond: 50, forMs: 1_000 },
      ],
      burst: 1,
    });
    const { adapter, backend } = setUp(limit);
    const context = aContext({ at });
    for (; at.ms < 4_000; at.ms += 10) await adapter.observe([{ ref: aRef() }], context).catch(() => {});
    expect(limit.windows).toMatchObject([
      { fromMs: 0, perSecond: 50, granted: 50, refused: 50 },
      { fromMs: 1_000, perSecond: 5, granted: 10, refused: 190 },
      { fromMs: 3_000, perSecond: 50, granted: 50, refused: 50 },
    ]);
    expect(backend.calls).toHaveLength(110);
  });

  it('asks the budget before a call and tells it of a 429', async () => {
    const { adapter } = setUp(throttled('observe', { perSecond: 1, api: 'DescribeJobs' }));
    const context = aContext();
    await adapter.observe([{ ref: aRef() }], context);
    await expect(adapter.observe([{ ref: aRef() }], context)).rejects.toMatchObject({ code: 'ThrottlingException' });
    expect(context.told).toEqual(['take DescribeJobs', 'take DescribeJobs', 'throttled DescribeJobs']);
  });

  it('asks again when it is told to, as a 429 allows', async () => {
    const { adapter, backend } = setUp(throttled('submit', { perSecond: 1, on429: 'asks-again' }));
    const context = aContext();
    await adapter.submit([aPart('a')], context);
    await adapter.submit([aPart('b')], context);
    expect(backend.calls).toEqual(['submit a', 'submit b']);
    expect(context.clock.monotonicMs()).toBe(1_000);
  });
});
