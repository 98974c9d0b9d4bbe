import { CUT_TO, grownRate } from './grown-rate.ts';
import { ServedCalls } from './served-calls.ts';

/** A cut never goes lower, so that an API which refuses everything is asked again. */
export const LEAST_PER_SECOND = 0.1;
/** From here on nothing is paced: no backend this is for serves so many. */
const UNLIMITED_FROM = 10_000;

/** Many calls in flight fail together: refusals so soon after a cut belong to it. */
const CUT_COVERS = { ms: 250, calls: 5 };
/** One cut takes away no more than this: it may rest on few calls. */
const LOWEST_CUT = 0.65;
/** What was known is too low now and then. A cut after a rate above it may correct it upwards by this. */
const CORRECTION = 1.05;
/** A little is given up at each cut, more by who has more: processes that share a limit come to equal shares. */
const YIELD = 0.95;
/** Who begins while others use up a limit is served nothing at first. */
const FIRST_AT_LEAST = 1;
/** While there is no limit, what is measured is the last second or two. */
const OPEN_TURN_MS = 1_000;
/** When the rate has grown so much, what was served before tells nothing any more. */
const TURN_AT = 1.5;

interface Cut {
  readonly atMs: number;
  readonly served: ServedCalls;
  /** The rate until then, and what was known then. */
  readonly fromPerSecond: number;
  readonly knownPerSecond: number | undefined;
}

/**
 * How many calls per second a server lets through, learnt from its refusals: additive increase, multiplicative decrease
 * towards what it was measured to serve. Pure: time comes in from outside.
 */
export class CallRate {
  #served: ServedCalls;
  #cut: Cut | undefined;
  #knownPerSecond: number | undefined;
  #perSecond = Number.POSITIVE_INFINITY;
  #usedMs = 0;
  #turnAtPerSecond = Number.POSITIVE_INFINITY;
  #grantedMs: number;

  constructor(nowMs: number) {
    this.#served = new ServedCalls(nowMs, OPEN_TURN_MS);
    this.#grantedMs = nowMs;
  }

  get isLimited(): boolean {
    return this.#knownPerSecond !== undefined;
  }

  /** Infinite while there is no limit. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** A rate to begin with, instead of none. */
  startAt(nowMs: number, perSecond: number): void {
    this.#served = new ServedCalls(nowMs);
    this.#know(perSecond, 0);
    this.#turnAtPerSecond = TURN_AT * perSecond;
  }

  /** Calls were let through. Only calls that had to wait show that the rate is used up; only then it grows. */
  granted(nowMs: number, calls: number, waited: boolean): void {
    if (!this.isLimited && nowMs - this.#served.turnedMs >= OPEN_TURN_MS) this.#served.turn(nowMs);
    this.#served.granted(calls);
    const sinceMs = nowMs - this.#grantedMs;
    this.#grantedMs = nowMs;
    if (this.#knownPerSecond === undefined || !waited) return;
    this.#know(this.#knownPerSecond, this.#usedMs + Math.min(sinceMs, (2_000 * calls) / this.#perSecond));
    if (this.#perSecond >= UNLIMITED_FROM) this.#open(nowMs);
    if (this.#perSecond < this.#turnAtPerSecond) return;
    this.#served.turn(nowMs);
    this.#turnAtPerSecond = TURN_AT * this.#perSecond;
  }

  /** The server refused a call that was let through at `grantedMs`. */
  throttled(nowMs: number, grantedMs: number): void {
    const cut = this.#cut;
    if (cut && grantedMs <= cut.atMs) {
      // The news comes late, of what that cut was about: it is measured better now.
      cut.served.refused(grantedMs);
      this.#know(knownAfter(cut), this.#usedMs);
      return;
    }
    this.#served.refused(grantedMs);
    if (cut && nowMs - cut.atMs < this.#cutCoversMs()) return;
    this.#cut = {
      atMs: nowMs,
      served: this.#served,
      fromPerSecond: this.#perSecond,
      knownPerSecond: this.#knownPerSecond,
    };
    this.#served = new ServedCalls(nowMs);
    this.#know(knownAfter(this.#cut), 0);
    this.#turnAtPerSecond = TURN_AT * knownAfter(this.#cut);
  }

  #cutCoversMs(): number {
    return Math.max(CUT_COVERS.ms, (CUT_COVERS.calls * 1_000) / this.#perSecond);
  }

  #know(knownPerSecond: number, usedMs: number): void {
    this.#knownPerSecond = knownPerSecond;
    this.#usedMs = usedMs;
    this.#perSecond = grownRate(knownPerSecond, usedMs);
  }

  #open(nowMs: number): void {
    this.#knownPerSecond = undefined;
    this.#cut = undefined;
    this.#perSecond = Number.POSITIVE_INFINITY;
    this.#turnAtPerSecond = Number.POSITIVE_INFINITY;
    this.#served = new ServedCalls(nowMs, OPEN_TURN_MS);
  }
}

function knownAfter({ atMs, served, fromPerSecond, knownPerSecond }: Cut): number {
  const measured = served.perSecond(atMs);
  if (knownPerSecond === undefined) return Math.max(FIRST_AT_LEAST, measured);
  const least = LEAST_PER_SECOND / CUT_TO;
  if (fromPerSecond <= knownPerSecond) {
    const lowest = (LOWEST_CUT / CUT_TO) * fromPerSecond;
    return Math.max(least, Math.min(fromPerSecond, Math.max(YIELD * measured, lowest)));
  }
  // The limit lies between what was served and the rate that was too fast. A server that saves up what is not used
  // has served all it could; one that does not would have served more, had more been asked before.
  const between = Math.sqrt(measured * fromPerSecond);
  const corrected = Math.min(between, CORRECTION * Math.max(measured, knownPerSecond));
  return Math.max(least, (LOWEST_CUT / CUT_TO) * knownPerSecond, YIELD * corrected);
}
