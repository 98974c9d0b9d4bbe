import type { Attempt } from '../ids/attempt.ts';
import type { ArrayRefString, JobRefString } from '../ids/job-ref.ts';
import type { Artifact } from '../job/artifact.ts';
import type { OutputRef } from '../job/output.ts';
import type { Resources } from '../job/resources.ts';
import type { AnyOutputs } from '../job/scientific-job.ts';
import type { Duty } from '../seam/duty.ts';
import type { Explanation } from '../seam/observation.ts';
import type { JobState } from '../state/job-state.ts';
import type { FinalStatus, JobStatus } from '../state/job-status.ts';
import type { Usage } from '../state/usage.ts';
import type { JobEvent } from '../streams/event-stream.ts';
import type { JobStream, Streamed, Streaming } from '../streams/job-stream.ts';
import type { LogStream } from '../streams/log-stream.ts';
import type { Json } from '../util/json.ts';
import type { Waiting } from '../util/waiting.ts';
import type { JobFailedError } from './job-failed-error.ts';

export interface AttemptRecord {
  readonly attempt: Attempt;
  readonly status: JobStatus;
  readonly usage: Usage;
  /** The backend's own id. */
  readonly nativeId?: string;
}

/** What a single job and an array have in common. A handle is cheap, is not thenable, and holds nothing open. */
export interface BaseHandle {
  readonly key: string;
  /** What still needs this client, or another on the same ledger, to stay alive. */
  readonly duties: readonly Duty[];
  /** One snapshot: the tracker's if it is younger than its interval, else one look at the backend. Rejects when that look failed. */
  status(options?: Waiting): Promise<JobStatus>;
  /** The present status and each change after it; ends with the final one. */
  statusChanges(options?: Streaming): JobStream<Streamed<JobStatus>>;
  /** Each line once, live where the backend allows it; ends when the job has ended and every line was delivered. */
  logs(options?: Streaming): LogStream;
  /** Declared outputs as they become known; ends with the job. */
  artifacts(options?: Streaming): JobStream<Streamed<Artifact>>;
  /** Status changes, log lines and artifacts in one stream; the final status comes last. */
  events(options?: Streaming): JobStream<JobEvent>;
  /** Waits for the end and says how it ended; never throws because the job failed. Aborting stops the waiting, not the job. */
  wait(options?: Waiting): Promise<FinalStatus>;
  /** Waits for this state or a later one. */
  waitFor(state: JobState, options?: Waiting): Promise<JobStatus>;
  /** Asks the backend to stop the job, and resolves when it was asked: the job may still end otherwise. What happened is what `wait()` says. */
  cancel(reason?: string, options?: Waiting): Promise<void>;
  /** Why the job is where it is, and what to do about it. */
  explain(options?: Waiting): Promise<Explanation>;
  usage(options?: Waiting): Promise<Usage>;
  attempts(options?: Waiting): Promise<readonly AttemptRecord[]>;
  /** The ref, so that a handle inside `JSON.stringify` can be attached to again. */
  toJSON(): Json;
}

/** One job that was submitted. */
export interface JobHandle<R = AnyOutputs> extends BaseHandle {
  readonly shape: 'job';
  /** Each declared output as an input for another job. */
  readonly outputs: { readonly [Key in keyof R]: OutputRef<R[Key]> };
  /** Waits, then the outputs. @throws JobFailedError when the job did not succeed @throws OutputError when an output does not fit */
  result(options?: Waiting): Promise<R>;
  /** A new run of the same job, under a new key. */
  rerun(options?: Waiting): Promise<JobHandle<R>>;
  /** `scijob:job:…`, for `client.attach` in any process. */
  toString(): JobRefString;
}

/** How one item of an array ended. */
export type Child<Item, R> =
  | { readonly state: 'succeeded'; readonly index: number; readonly item: Item; readonly outputs: R }
  | {
      readonly state: 'failed' | 'cancelled' | 'lost';
      readonly index: number;
      readonly item: Item;
      readonly error: JobFailedError;
    };

/** What the tasks that are tried again get more of. */
export interface RetryChange {
  readonly resources?: Resources;
  readonly timeLimitSeconds?: number;
}

/** The same job over many items. */
export interface ArrayHandle<Item = unknown, R = AnyOutputs> extends BaseHandle {
  readonly shape: 'array';
  /** How many items. */
  readonly count: number;
  /** The job of one item, by its index in the items, for ever. */
  child(index: number): JobHandle<R>;
  /** Children in the order they end. */
  results(options?: Streaming): JobStream<Streamed<Child<Item, R>>>;
  /** How many children are in each state; all states are there. */
  summary(options?: Waiting): Promise<{ readonly [State in JobState]: number }>;
  /**
   * Failed children get a new attempt under this same handle, once the array has ended.
   *
   * @throws ScijobError `STILL_RUNNING` before that
   */
  retryFailed(changes?: RetryChange, options?: Waiting): Promise<{ readonly resubmitted: number }>;
  /** `scijob:array:…`, for `client.attach` in any process. */
  toString(): ArrayRefString;
}

// biome-ignore lint/suspicious/noExplicitAny: outputs and items do not matter where any handle will do.
export type AnyHandle = JobHandle<any> | ArrayHandle<any, any>;
