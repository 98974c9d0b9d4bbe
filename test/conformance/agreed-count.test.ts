import { expect, it } from 'vitest';
import { isNoLess } from './agreed-count.ts';

const AGREED = { held: 100, notRun: 3 };

it.each([
  ['as much as agreed', { held: 100, notRun: 3 }, true],
  ['more', { held: 104, notRun: 3 }, true],
  ['less that could not run', { held: 100, notRun: 0 }, true],
  ['fewer behaviours', { held: 99, notRun: 3 }, false],
  ['more that could not run', { held: 100, notRun: 4 }, false],
])('a count of %s is judged', (_what, now, isGood) => {
  expect(isNoLess(now, AGREED)).toBe(isGood);
});

it('a subject that nobody agreed on has no good count', () => {
  expect(isNoLess(AGREED, undefined)).toBe(false);
});
