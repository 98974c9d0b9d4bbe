import type { Target } from '../ids/target.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { Clock } from '../seam/clock.ts';
import type { ApiLimiter } from './api-limiter.ts';
import { CallBudget } from './call-budget.ts';
import { joinTarget, leaveTarget, TargetLimits } from './target-limits.ts';

export interface AdapterBudgetOptions {
  readonly clock: Clock;
  /** The rates an adapter declares. */
  readonly declared?: AdapterCapabilities['budgets'];
}

/** One adapter's share of the limits of its target: its own alone until the target is known. */
export class AdapterBudget {
  readonly #clock: Clock;
  readonly #declared: NonNullable<AdapterCapabilities['budgets']>;
  #limits: TargetLimits;
  #limiters = new Map<string, ApiLimiter>();
  #target: Target | undefined;
  #closed = false;

  constructor({ clock, declared = {} }: AdapterBudgetOptions) {
    requireRates(declared);
    this.#clock = clock;
    this.#declared = declared;
    this.#limits = new TargetLimits(clock);
  }

  /** From now on what is known of this target counts. What was learnt while asking for it stays behind. */
  join(target: Target): void {
    if (this.#closed || this.#target) return;
    this.#target = target;
    this.#limits = joinTarget(this.#clock, target);
    this.#limiters = new Map();
  }

  /** For one call of the adapter. Waiting ends with `signal`. */
  forCall(signal: AbortSignal): CallBudget {
    return new CallBudget(this.#clock, (api) => this.#limiter(api), signal);
  }

  close(): void {
    if (this.#target && !this.#closed) leaveTarget(this.#clock, this.#target);
    this.#closed = true;
  }

  #limiter(api: string): ApiLimiter {
    const known = this.#limiters.get(api);
    if (known) return known;
    const limiter = this.#limits.limiter(api);
    const declared = Object.hasOwn(this.#declared, api) ? this.#declared[api] : undefined;
    if (declared) limiter.startAt(declared);
    this.#limiters.set(api, limiter);
    return limiter;
  }
}

function requireRates(declared: NonNullable<AdapterCapabilities['budgets']>): void {
  for (const [api, { perSecond, burst = 1 }] of Object.entries(declared)) {
    const wrong = !(perSecond > 0 && perSecond < Number.POSITIVE_INFINITY)
      ? `perSecond: ${perSecond}; it must be a number above 0`
      : burst >= 1 && burst < Number.POSITIVE_INFINITY
        ? undefined
        : `burst: ${burst}; it must be at least 1`;
    if (wrong) throw new TypeError(`\`capabilities.budgets\` says of ${JSON.stringify(api)} ${wrong}.`);
  }
}
