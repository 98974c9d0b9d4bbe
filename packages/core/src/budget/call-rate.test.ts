import { describe, expect, it } from 'vitest';
import { CallRate, LEAST_PER_SECOND } from './call-rate.ts';

/** A rate that let 100 calls through in the second before `1_000` ms, and was then refused the last of them. */
function cutAfter100() {
  const rate = new CallRate(0);
  for (let atMs = 0; atMs < 1_000; atMs += 10) rate.granted(atMs, 1, false);
  rate.throttled(1_000, 990);
  return rate;
}

describe('the rate of calls', () => {
  it('is unlimited until the server first refuses', () => {
    const rate = new CallRate(0);
    for (let atMs = 0; atMs < 10_000; atMs += 1) rate.granted(atMs, 1, false);
    expect(rate.isLimited).toBe(false);
    expect(rate.perSecond).toBe(Number.POSITIVE_INFINITY);
  });

  it('is then a little below what was served in the last second', () => {
    expect(cutAfter100().perSecond).toBeCloseTo(0.85 * 99, 5);
  });

  it('is not estimated from what was served long ago', () => {
    const rate = new CallRate(0);
    for (let atMs = 0; atMs < 60_000; atMs += 10) rate.granted(atMs, 1, false);
    for (let atMs = 60_000; atMs < 63_000; atMs += 100) rate.granted(atMs, 1, false);
    rate.throttled(63_000, 62_900);
    expect(rate.perSecond).toBeLessThan(10);
    expect(rate.perSecond).toBeGreaterThan(7);
  });

  it('is not taken down again by calls that were let through before the cut, only measured better', () => {
    const rate = cutAfter100();
    for (let late = 1; late < 50; late += 1) rate.throttled(1_000 + late * 10, 500 + late * 10);
    expect(rate.perSecond).toBeCloseTo(0.85 * 50, 5);
  });

  it('is cut once for calls that fail together', () => {
    const rate = cutAfter100();
    rate.granted(1_400, 20, true);
    rate.throttled(1_500, 1_400);
    const { perSecond } = rate;
    for (let more = 1; more < 20; more += 1) rate.throttled(1_500 + more, 1_400);
    expect(rate.perSecond).toBe(perSecond);
  });

  it('is not cut again before a cut could show', () => {
    const rate = cutAfter100();
    rate.granted(1_010, 1, true);
    const { perSecond } = rate;
    rate.throttled(1_200, 1_010);
    expect(rate.perSecond).toBe(perSecond);
    rate.throttled(1_300, 1_010);
    expect(rate.perSecond).toBeLessThan(perSecond);
  });

  it('falls to no less than 0.65 of itself by one cut', () => {
    const rate = cutAfter100();
    const { perSecond } = rate;
    rate.granted(1_400, 5, false);
    for (let refused = 0; refused < 5; refused += 1) rate.throttled(1_500, 1_400);
    expect(rate.perSecond).toBeCloseTo(0.65 * perSecond, 5);
  });

  it('grows while calls have to wait for it, and not otherwise', () => {
    const [used, idle] = [cutAfter100(), cutAfter100()];
    for (let atMs = 1_010; atMs < 11_000; atMs += 10) {
      used.granted(atMs, 1, true);
      idle.granted(atMs, 1, false);
    }
    expect(used.perSecond).toBeGreaterThan(200);
    expect(idle.perSecond).toBeCloseTo(0.85 * 99, 5);
  });

  it('gives up a little of what was served, so that there is some for others', () => {
    const rate = new CallRate(0);
    rate.startAt(0, 100);
    for (let atMs = 0; atMs < 1_000; atMs += 12.5) rate.granted(atMs, 1, false);
    rate.throttled(1_000, 900);
    expect(rate.perSecond).toBeCloseTo(0.85 * 0.95 * 79, 5);
  });

  it('is measured anew while it climbs: a slow past tells nothing of a limit that came back', () => {
    const rate = new CallRate(0);
    rate.startAt(0, 5);
    let atMs = 0;
    for (; rate.perSecond < 60; atMs += 1_000 / rate.perSecond) rate.granted(atMs, 1, true);
    rate.throttled(atMs, atMs - 10);
    expect(rate.perSecond).toBeGreaterThan(25);
  });

  it('does not grow by a pause', () => {
    const rate = cutAfter100();
    rate.granted(1_010, 1, true);
    const { perSecond } = rate;
    rate.granted(600_000, 1, true);
    expect(rate.perSecond).toBeLessThan(1.01 * perSecond);
  });

  it('is no limit any more when nobody has refused for long enough', () => {
    const rate = cutAfter100();
    for (let atMs = 1_010; rate.isLimited && atMs < 60_000; atMs += 10) rate.granted(atMs, 1, true);
    expect(rate.isLimited).toBe(false);
    rate.granted(60_000, 10, false);
    rate.throttled(60_100, 60_000);
    expect(rate.isLimited).toBe(true);
  });

  it('never stops for ever', () => {
    const rate = cutAfter100();
    for (let atMs = 2_000; atMs < 3_600_000; atMs += 1_000) {
      rate.granted(atMs, 1, true);
      rate.throttled(atMs + 100, atMs);
    }
    expect(rate.perSecond).toBeGreaterThanOrEqual(LEAST_PER_SECOND);
    expect(rate.perSecond).toBeLessThan(2 * LEAST_PER_SECOND);
  });
});
