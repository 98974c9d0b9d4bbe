import type { FinalStatus } from '../state/job-status.ts';
import { releaseProcess } from '../util/keep-alive.ts';

/** What somebody who waits for an end makes of it. A symbol, so that a handle can be one without a member users see. */
export const FINISH: unique symbol = Symbol('finish');

export interface Finisher<T> {
  [FINISH](status: FinalStatus, signal: AbortSignal | undefined): T | Promise<T>;
}

/** Gives the status itself. */
export const asItIs: Finisher<FinalStatus> = { [FINISH]: (status) => status };

/** One of those who wait for an end. A list of plain links: 100,000 results may be pending, and closures would be most of them. */
export interface EndWaiter {
  readonly next: EndWaiter | undefined;
  readonly finisher: Finisher<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** Tells all of a list how it ended, or why nobody is going to tell them. Each held the process until now. */
export function tellAll(first: EndWaiter | undefined, end: FinalStatus | Error): void {
  for (let waiter = first; waiter; waiter = waiter.next) {
    releaseProcess();
    if (end instanceof Error) waiter.reject(end);
    else tell(waiter, end);
  }
}

function tell({ finisher, resolve, reject }: EndWaiter, end: FinalStatus): void {
  try {
    resolve(finisher[FINISH](end, undefined) as never);
  } catch (error) {
    reject(error);
  }
}
