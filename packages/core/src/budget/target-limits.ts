import type { Target } from '../ids/target.ts';
import type { Clock } from '../seam/clock.ts';
import { ApiLimiter } from './api-limiter.ts';

/** What is known of one target: a limiter per API, made when it is first called. */
export class TargetLimits {
  readonly #clock: Clock;
  readonly #limiters = new Map<string, ApiLimiter>();
  users = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  limiter(api: string): ApiLimiter {
    let limiter = this.#limiters.get(api);
    if (!limiter) {
      limiter = new ApiLimiter(this.#clock);
      this.#limiters.set(api, limiter);
    }
    return limiter;
  }
}

/** Times of two clocks cannot be compared, so each clock has its own. All but tests have the same. */
const ofClock = new WeakMap<Clock, Map<string, TargetLimits>>();

/** The limits of a target, the same ones for everybody in this process. Each needs its `leaveTarget`. */
export function joinTarget(clock: Clock, target: Target): TargetLimits {
  const ofTarget = ofClock.get(clock) ?? new Map<string, TargetLimits>();
  ofClock.set(clock, ofTarget);
  const name = nameOf(target);
  const limits = ofTarget.get(name) ?? new TargetLimits(clock);
  ofTarget.set(name, limits);
  limits.users += 1;
  return limits;
}

/** What nobody uses any more is forgotten. */
export function leaveTarget(clock: Clock, target: Target): void {
  const ofTarget = ofClock.get(clock);
  const limits = ofTarget?.get(nameOf(target));
  if (!limits) return;
  limits.users -= 1;
  if (limits.users === 0) ofTarget?.delete(nameOf(target));
}

/** How many targets are remembered. */
export function joinedTargets(clock: Clock): number {
  return ofClock.get(clock)?.size ?? 0;
}

function nameOf({ adapter, id }: Target): string {
  return JSON.stringify([adapter, id]);
}
