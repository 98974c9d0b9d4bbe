import { describe, expect, it } from 'vitest';
import { joinedTargets } from '../budget/target-limits.ts';
import { defineAdapter } from '../seam/define-adapter.ts';
import { type ManualClock, manualClock } from '../seam/manual-clock.fixture.ts';
import { AdapterSlot } from './adapter-slot.ts';

const silent = () => {};
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

function slotOf(clock: ManualClock): AdapterSlot {
  const adapter = defineAdapter({
    id: 'cloud',
    capabilities: { kinds: { command: true } },
    target: async () => ({ adapter: 'cloud', id: 'account 1', describe: {} }),
    submit: async () => [],
    observe: async () => ({ covered: [], seen: [] }),
  });
  return new AdapterSlot({ name: 'cloud', adapter, clock, logger, onEnd: async () => {} });
}

describe('the budget in the context of a call', () => {
  it('is shared by the adapters of one target, in whatever client', async () => {
    const clock = manualClock();
    const [first, second] = [slotOf(clock), slotOf(clock)];
    await Promise.all([first.target(), second.target()]);
    await first.call(async ({ budget }) => {
      await budget.take('Submit');
      budget.throttled('Submit');
    });
    let taken = false;
    const waiting = second.call(async ({ budget }) => {
      await budget.take('Submit');
      taken = true;
    });
    await clock.advance(100);
    expect(taken).toBe(false);
    await clock.advance(20_000);
    await waiting;
    expect(taken).toBe(true);
    await Promise.all([first.close(), second.close()]);
  });

  it('costs no timer while the server refuses nothing', async () => {
    const clock = manualClock();
    const slot = slotOf(clock);
    await slot.target();
    await slot.call(async ({ budget }) => {
      const before = clock.sleepers;
      for (let call = 0; call < 1_000; call += 1) await budget.take('Submit');
      expect(clock.sleepers).toBe(before);
      expect(clock.monotonicMs()).toBe(0);
    });
    await slot.close();
  });

  it('ends its waits when the caller stops waiting, when the client closes, and forgets the target then', async () => {
    const clock = manualClock();
    const slot = slotOf(clock);
    await slot.target();
    expect(joinedTargets(clock)).toBe(1);
    await slot.call(async ({ budget }) => {
      await budget.take('Submit');
      budget.throttled('Submit');
    });
    const ends: string[] = [];
    const waitFor = (name: string, signal?: AbortSignal) =>
      slot
        .call(
          ({ budget }) =>
            budget.take('Submit').catch((error: Error) => {
              ends.push(`${name}: ${error.message}`);
              throw error;
            }),
          signal ? { signal } : {},
        )
        .catch(() => {});
    const stop = new AbortController();
    const [stopped, closed] = [waitFor('stopped', stop.signal), waitFor('closed')];
    stop.abort(new Error('enough'));
    await stopped;
    await slot.close();
    await closed;

    expect(ends).toEqual(['stopped: enough', expect.stringMatching(/^closed: The client is closed/)]);
    expect(joinedTargets(clock)).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  it('does not count the wait for a turn against the time a call has', async () => {
    const clock = manualClock();
    const slot = slotOf(clock);
    await slot.target();
    await slot.call(async ({ budget }) => {
      await budget.take('Submit');
      budget.throttled('Submit');
    });
    const outcomes: string[] = [];
    const done = slot
      .call(async ({ budget, deadline, clock: own }) => {
        const first = deadline;
        for (let call = 0; call < 100; call += 1) {
          await budget.take('Submit');
          budget.throttled('Submit');
        }
        return own.monotonicMs() > first;
      })
      .then(
        (isLate) => outcomes.push(`sent, ${isLate ? 'late' : 'in time'}`),
        (error: Error) => outcomes.push(error.message),
      );
    for (let minutes = 0; outcomes.length === 0 && minutes < 600; minutes += 1) await clock.advance(60_000);
    await done;
    const silentPeer = slot.call(() => new Promise(() => {})).catch((error: Error) => outcomes.push(error.message));
    await clock.advance(121_000);
    await silentPeer;

    expect(outcomes).toEqual(['sent, late', 'The adapter "cloud" did not answer within 120 seconds.']);
    await slot.close();
  });
});
