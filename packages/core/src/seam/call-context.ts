import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** Calls per second this process may still make to one target, shared by all its clients. */
export interface Budget {
  take(api: string, calls?: number): Promise<void>;
  throttled(api: string): void;
}

/** What core hands to each call of an adapter. */
export interface CallContext {
  readonly signal: AbortSignal;
  /** `clock.monotonicMs()` after which the answer is of no use. */
  readonly deadline: number;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly budget: Budget;
  /** The only way an adapter waits: ends early when the call is aborted. */
  pause(ms: number): Promise<void>;
}
