/** Every asynchronous public method takes this. */
export interface Waiting {
  /** Stops waiting, not the job: the returned promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}
