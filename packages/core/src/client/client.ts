import type { AnyHandle, ArrayHandle, JobHandle } from '../handle/job-handle.ts';
import type { JobKind } from '../ids/job-kind.ts';
import type { ArrayRefString, JobRefString } from '../ids/job-ref.ts';
import type { AnyOutputs, ScientificJob } from '../job/scientific-job.ts';
import type { CallContext } from '../seam/call-context.ts';
import type { JobAdapter } from '../seam/job-adapter.ts';
import type { DependencyCondition } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { SubmissionPlan } from '../seam/submission-plan.ts';
import type { JobState } from '../state/job-state.ts';
import type { FinalStatus } from '../state/job-status.ts';
import type { JobStream } from '../streams/job-stream.ts';
import type { Json } from '../util/json.ts';
import type { Waiting } from '../util/waiting.ts';
import type { After } from './dependency.ts';

/** The adapters of a client, by the names that `on` takes. */
// biome-ignore lint/suspicious/noExplicitAny: any adapter's own options fit here; `native` narrows them again.
export type Adapters = Readonly<Record<string, JobAdapter<never, any>>>;

type KindsOf<X> = X extends { readonly capabilities: { readonly kinds: infer Kinds } } ? keyof Kinds : never;
type NativeOf<X> = X extends { plan(job: ResolvedJob<infer Native>, context: CallContext): unknown } ? Native : never;

/** Shown in a type error when a job is of a kind that none of the client's adapters runs. */
export interface NoAdapterRuns<K extends JobKind> {
  readonly 'no adapter of this client runs': K;
}
export type Runnable<A, R, K extends JobKind> = ScientificJob<R, K> &
  ([K] extends [{ [Name in keyof A]: KindsOf<A[Name]> }[keyof A]] ? unknown : NoAdapterRuns<K>);

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

// Written out where it is used, not named, so that errors print '"hpc" | "batch"'.
type On<A, K extends JobKind, Name> =
  IsUnion<keyof A> extends true
    ? {
        /** Which adapter: one that runs this kind of job. */
        readonly on: [K] extends [KindsOf<A[Name & keyof A]>]
          ? Name
          : { [N in keyof A]: [K] extends [KindsOf<A[N]>] ? N : never }[keyof A];
      }
    : {
        /** Which adapter. @default the only one */
        readonly on?: Name;
      };

interface Placement<A, Name> extends Waiting {
  /** Partition, job queue. @default the adapter's */
  readonly queue?: string;
  /** On whose account. */
  readonly account?: string;
  /** Higher runs sooner, where the backend has priorities. */
  readonly priority?: number;
  readonly purchase?: 'on-demand' | 'spot' | 'any';
  /** This adapter's own options. */
  readonly native?: Name extends keyof A ? NativeOf<A[Name]> : never;
  /** The same key never makes a second job: it gives back the first. 1 to 200 printable characters. @default a new key for each call */
  readonly key?: string;
  /** Refuse, by name, whatever would need this client to stay alive. */
  readonly unattended?: boolean;
}

export type SubmitOptions<A, K extends JobKind, Name> = On<A, K, Name> &
  Placement<A, Name> & { readonly after?: After<'afterok' | 'afterany' | 'afternotok'> };

export type MapOptions<A, K extends JobKind, Name> = On<A, K, Name> &
  Placement<A, Name> & {
    readonly after?: After<DependencyCondition>;
    /** At most this many tasks at once. @default as many as the backend runs */
    readonly maxConcurrent?: number;
    /** How many items one native task may run one after the other. @default 1 */
    readonly itemsPerTask?: number;
  };

type Options<A, T> = IsUnion<keyof A> extends true ? [options: T] : [options?: T];

export interface AttachOptions<R> extends Waiting {
  /** The job the ref is of: types the outputs, and checks that they are the ref's. */
  readonly as?: ScientificJob<R>;
  /** Never take the job over from a session that died. */
  readonly watchOnly?: boolean;
}

/** Which records; everything given must hold. */
export interface AuditQuery extends Waiting {
  /** Of the job. */
  readonly name?: string;
  readonly tag?: readonly [name: string, value: string];
  /** Recorded then or later. */
  readonly since?: Date;
}

/** Which jobs; everything given must hold. */
export interface JobQuery extends AuditQuery {
  readonly state?: JobState;
}

/** Where jobs are submitted, and found again. Makes nothing before its first call. */
export interface Client<A extends Adapters = Adapters> {
  readonly adapters: A;
  /**
   * Submits one job; resolves when the backend has it and its id is in the ledger.
   *
   * @throws SubmitRefusedError, KeyConflictError, UnsupportedError, UnknownAdapterError, LedgerUnavailableError: nothing runs
   * @throws SubmitUnknownError, NotRecordedError: the message says what is known and how to go on
   */
  submit<R, K extends JobKind = never, Name extends keyof A = keyof A>(
    job: Runnable<A, R, K>,
    ...options: Options<A, SubmitOptions<A, K, Name>>
  ): Promise<JobHandle<R>>;
  /** Submits the same job over many items as one array; a function says per item what differs: argv, environment, inputs, tags, parameters. */
  map<Item, R, K extends JobKind = never, Name extends keyof A = keyof A>(
    items: Iterable<Item>,
    job: Runnable<A, R, K> | ((item: Item, index: number) => Runnable<A, R, K>),
    ...options: Options<A, MapOptions<A, K, Name>>
  ): Promise<ArrayHandle<Item, R>>;
  /** What `submit` would do: the native requests, each value with its source, who does what. Changes nothing. */
  plan<R, K extends JobKind = never, Name extends keyof A = keyof A>(
    job: Runnable<A, R, K>,
    ...options: Options<A, SubmitOptions<A, K, Name>>
  ): Promise<SubmissionPlan>;
  /**
   * A handle of a job submitted by any process: `handle.toString()` is the ref.
   *
   * @throws InvalidRefError for a ref that is damaged or does not fit `as`
   * @throws WrongTargetError when no adapter of this client reaches the ref's backend
   */
  attach<R = AnyOutputs>(ref: JobRefString, options?: AttachOptions<R>): Promise<JobHandle<R>>;
  attach<R = AnyOutputs>(ref: ArrayRefString, options?: AttachOptions<R>): Promise<ArrayHandle<unknown, R>>;
  attach<R = AnyOutputs>(ref: string, options?: AttachOptions<R>): Promise<JobHandle<R> | ArrayHandle<unknown, R>>;
  /** The jobs of this ledger that one of the adapters reaches, oldest first. */
  jobs(query?: JobQuery): JobStream<AnyHandle>;
  /** The ledger's records, as they were written. */
  audit(query?: AuditQuery): JobStream<Json>;
  /** Waits for all; in their order. */
  wait(handles: Iterable<AnyHandle>, options?: Waiting): Promise<FinalStatus[]>;
  cancel(handles: Iterable<AnyHandle>, reason?: string, options?: Waiting): Promise<void>;
  /** Takes over the jobs of sessions that died. */
  adopt(options?: Waiting): Promise<readonly AnyHandle[]>;
  /** Waits until no job of this session has a duty left. */
  settled(options?: Waiting): Promise<void>;
  /** Ends everything local, nothing remote; says which jobs keep duties nobody will do. */
  close(): Promise<readonly AnyHandle[]>;
  [Symbol.asyncDispose](): Promise<void>;
}
