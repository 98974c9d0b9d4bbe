/** A cut goes this far below what the server was measured to serve. */
export const CUT_TO = 0.85;

/** Time to come back up to what was measured: so many calls, but not less or more than so long. */
const BACK = { calls: 9, leastMs: 1_800, mostMs: 10_000 };
/** The unit of time beyond it, for slow APIs so many calls. */
const UNIT = { calls: 5, leastMs: 1_000, mostMs: 5_000 };
/** Calls per second more in the first unit: as many as are known, but not less or more than this. */
const STEP_PER_SECOND = { least: 1, most: 5 };
/** How much larger each next step is: e to this power. */
const ACCELERATION = 1.5;
/** Beyond this every rate is the same: no limit. */
const MOST_UNITS = 20;

/**
 * How many calls per second may be made after `usedMs` of full use since the last cut, when the server was measured to
 * serve `knownPerSecond` until that cut.
 *
 * First back up to what is known; then additive steps beyond it; the longer nobody refuses, the larger the steps. An API
 * of few calls per second gets longer for each, or most of its calls would be probes.
 */
export function grownRate(knownPerSecond: number, usedMs: number): number {
  const backMs = timeOf(BACK, knownPerSecond);
  if (usedMs < backMs) return knownPerSecond * (CUT_TO + (1 - CUT_TO) * (usedMs / backMs));
  const units = Math.min(MOST_UNITS, (usedMs - backMs) / timeOf(UNIT, knownPerSecond));
  const step = Math.min(STEP_PER_SECOND.most, Math.max(STEP_PER_SECOND.least, knownPerSecond));
  return knownPerSecond + (step / ACCELERATION) * Math.expm1(ACCELERATION * units);
}

function timeOf({ calls, leastMs, mostMs }: typeof BACK, perSecond: number): number {
  return Math.min(mostMs, Math.max(leastMs, (calls * 1_000) / perSecond));
}
