import { describe, expect, it } from 'vitest';
import type { Target } from '../ids/target.ts';
import type { Clock } from '../seam/clock.ts';
import { manualClock } from '../seam/manual-clock.fixture.ts';
import { AdapterBudget } from './adapter-budget.ts';
import { joinedTargets } from './target-limits.ts';

const { signal } = new AbortController();
const here: Target = { adapter: 'cloud', id: 'account 1', describe: { account: '1' } };
const there: Target = { adapter: 'cloud', id: 'account 2', describe: { account: '2' } };

function joined(clock: Clock, target: Target): AdapterBudget {
  const budget = new AdapterBudget({ clock });
  budget.join(target);
  return budget;
}

async function refuse(budget: AdapterBudget, api = 'Submit') {
  const mine = budget.forCall(signal);
  await mine.take(api);
  mine.throttled(api);
}

/** Whether a call is let through at once. */
async function isFree(clock: Clock & { advance(ms: number): Promise<void> }, budget: AdapterBudget, api = 'Submit') {
  const stop = new AbortController();
  let free = false;
  const taken = budget.forCall(stop.signal).take(api);
  taken.then(
    () => {
      free = true;
    },
    () => {},
  );
  await clock.advance(0);
  stop.abort();
  await clock.advance(0);
  return free;
}

describe('budgets', () => {
  it('are one per target and API, for everybody in the process', async () => {
    const clock = manualClock();
    const [first, second] = [joined(clock, here), joined(clock, { ...here, describe: {} })];
    const [other, namesake] = [joined(clock, there), joined(clock, { ...here, adapter: 'cluster' })];
    await refuse(first);
    expect(await isFree(clock, first)).toBe(false);
    expect(await isFree(clock, second)).toBe(false);
    expect(await isFree(clock, second, 'Describe')).toBe(true);
    expect(await isFree(clock, other)).toBe(true);
    expect(await isFree(clock, namesake)).toBe(true);
    for (const budget of [first, second, other, namesake]) budget.close();
  });

  it('of two clocks are two', async () => {
    const [one, two] = [manualClock(), manualClock()];
    const [first, second] = [joined(one, here), joined(two, here)];
    await refuse(first);
    expect(await isFree(two, second)).toBe(true);
    for (const budget of [first, second]) budget.close();
  });

  it('are remembered while somebody uses them, and no longer', async () => {
    const clock = manualClock();
    const [first, second] = [joined(clock, here), joined(clock, here)];
    await refuse(first);
    first.close();
    first.close();
    const third = joined(clock, here);
    expect(await isFree(clock, third)).toBe(false);
    expect(joinedTargets(clock)).toBe(1);
    second.close();
    third.close();
    expect(joinedTargets(clock)).toBe(0);
    const later = joined(clock, here);
    expect(await isFree(clock, later)).toBe(true);
    later.close();
  });

  it('are an adapter’s own until its target is known, and shared from then on', async () => {
    const clock = manualClock();
    const [known, asking, alsoAsking] = [
      joined(clock, here),
      new AdapterBudget({ clock }),
      new AdapterBudget({ clock }),
    ];
    await refuse(known);
    const begunBefore = asking.forCall(signal);
    expect(await isFree(clock, asking)).toBe(true);
    await refuse(asking, 'Identity');
    expect(await isFree(clock, asking, 'Identity')).toBe(false);
    expect(await isFree(clock, alsoAsking, 'Identity')).toBe(true);

    asking.join(here);
    expect(await isFree(clock, asking)).toBe(false);
    let late = false;
    void begunBefore.take('Submit').then(() => {
      late = true;
    });
    await clock.advance(0);
    expect(late).toBe(false);
    for (const budget of [known, asking, alsoAsking]) budget.close();
  });

  it('are not joined by who is closed already', () => {
    const clock = manualClock();
    const budget = new AdapterBudget({ clock });
    budget.close();
    budget.join(here);
    expect(joinedTargets(clock)).toBe(0);
  });

  it('begin at the rate an adapter declares', async () => {
    const clock = manualClock();
    const budget = new AdapterBudget({ clock, declared: { Start: { perSecond: 1 } } });
    budget.join(here);
    expect(await isFree(clock, budget, 'Start')).toBe(true);
    expect(await isFree(clock, budget, 'Start')).toBe(false);
    expect(await isFree(clock, budget, 'constructor')).toBe(true);
    budget.close();
  });

  it.each([
    [{ perSecond: 0 }, 'perSecond: 0'],
    [{ perSecond: Number.NaN }, 'perSecond: NaN'],
    [{ perSecond: Number.POSITIVE_INFINITY }, 'perSecond: Infinity'],
    [{ perSecond: 1, burst: 0 }, 'burst: 0'],
  ])('of %o are refused by name', (rate, words) => {
    const make = () => new AdapterBudget({ clock: manualClock(), declared: { Start: rate } });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`"Start" ${words}`);
  });
});

describe('a call’s budget', () => {
  it('lets nothing through once the call is over', async () => {
    const budget = joined(manualClock(), here);
    const over = new AbortController();
    const mine = budget.forCall(over.signal);
    over.abort(new Error('too late'));
    await expect(mine.take('Submit')).rejects.toThrow('too late');
    budget.close();
  });

  it.each([0, -1, 1.5, Number.NaN])('takes no %d calls', async (calls) => {
    const budget = joined(manualClock(), here);
    await expect(budget.forCall(signal).take('Submit', calls)).rejects.toThrow(TypeError);
    budget.close();
  });
});
