import { afterAll, expect } from 'vitest';
import type { Enumeration } from './crash-enumeration.fixture.ts';

/** All that there is, not what fits into every run: minutes. */
export const IS_FULL = process.env['SCIJOB_TEST_CRASH'] === 'full';

/** Judges enumerations, adds them up and says at the end how many there were. */
export function createCrashReport(title: string) {
  const total = { moments: 0, variants: 0, recovered: 0 };
  afterAll(() => {
    const { moments, variants, recovered } = total;
    console.info(
      `${title}: stopped at ${moments} moments, ${variants} worlds left behind, ${recovered} of them different.`,
    );
  });
  return {
    /** With fewer than `atLeast`, something is no longer watched. */
    judge(
      { moments, variants, recovered, broken }: Enumeration,
      atLeast: { readonly moments: number; readonly recovered: number },
    ): void {
      total.moments += moments;
      total.variants += variants;
      total.recovered += recovered;
      // A defect shows in hundreds of worlds: the first ones tell.
      expect(broken.slice(0, 5)).toEqual([]);
      expect(moments).toBeGreaterThanOrEqual(atLeast.moments);
      expect(recovered).toBeGreaterThanOrEqual(atLeast.recovered);
    },
  };
}
