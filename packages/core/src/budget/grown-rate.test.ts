import { describe, expect, it } from 'vitest';
import { CUT_TO, grownRate } from './grown-rate.ts';

describe('the rate after a cut', () => {
  it('begins below what is known and only ever grows', () => {
    for (const known of [0.1, 1, 5, 50, 500]) {
      expect(grownRate(known, 0)).toBeCloseTo(CUT_TO * known, 10);
      const rates = Array.from({ length: 600 }, (_, index) => grownRate(known, index * 30));
      expect(rates.every((rate, index) => index === 0 || rate > (rates[index - 1] ?? 0))).toBe(true);
    }
  });

  it('is back at what is known after 9 calls, but not before 1.8 seconds nor after 10', () => {
    expect(grownRate(50, 1_800)).toBe(50);
    expect(grownRate(2, 4_500)).toBe(2);
    expect(grownRate(0.1, 10_000)).toBe(0.1);
  });

  it('goes beyond it by small steps first, then finds ten times as much within 3 seconds', () => {
    expect(grownRate(50, 2_300)).toBeLessThan(55);
    expect(grownRate(5, 1_800 + 3_000)).toBeGreaterThan(50);
  });

  it('stays a number however long it grows', () => {
    expect(grownRate(50, 1e9)).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
