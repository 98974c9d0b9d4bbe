/** All time comes through here, so that a day of queueing tests in a millisecond. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow and do not count sleep of the machine; differences only. */
  monotonicMs(): number;
  /** Rejects with `signal.reason` when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
