import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/**
 * How often an adapter may call an API of its target: one budget per target and API, shared by all clients of the
 * process on the same clock. `api` is any name, the same for all calls that share a limit at the server: `SubmitJob`.
 *
 * Nothing is held back until the server first refuses a call (or `capabilities.budgets` says how fast to begin). Then
 * calls are spaced to what the server was measured to serve, and try more as long as it refuses none.
 *
 * @example
 * await context.budget.take('SubmitJob');
 * const response = await send(request);
 * if (response.status === 429) context.budget.throttled('SubmitJob');
 */
export interface Budget {
  /**
   * Waits until a call may be made, first come, first served. Before each call, a repeated one too; with `calls` for
   * several at once.
   *
   * Rejects with `signal.reason` of this context when that aborts: the call is then not to be made. The wait is part of
   * the call's time and ends at its `deadline`.
   *
   * @param calls 1 or more. More than the budget saves up are let through together, and those behind wait longer.
   * @default calls 1
   */
  take(api: string, calls?: number): Promise<void>;
  /**
   * Says that the server refused a call because there were too many: once per refused call, as soon as it is known.
   * Such a call was not executed: `take` again and repeat it, or report it.
   */
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
