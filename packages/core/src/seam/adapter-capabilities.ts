import type { JobKind } from '../ids/job-kind.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import type { DependencyCondition } from './part.ts';

/** `native`: the backend does it. `owner`: this client does it, and must live. `refused`: not at all, by name. */
export type Support = 'native' | 'owner' | 'refused';

/** What a backend can do, as data: core and the conformance suite decide by this alone. */
export interface AdapterCapabilities<K extends JobKind = JobKind> {
  /** An object, so that an adapter which runs more fits where less is asked. */
  readonly kinds: { readonly [Kind in K]: true };
  /** How "one key, at most one live job" is kept: DESIGN §5. */
  readonly submitOnce: 'token' | 'guard' | 'lookup';
  /** An accepted job is found by `find` at the latest after this. */
  readonly visibleAfterSeconds: number;
  /** An ended job may no longer be found by `find` after this. */
  readonly forgottenAfterSeconds: number;
  readonly arrays:
    | {
        readonly maxCount: number;
        readonly maxConcurrent: Support;
        /** Whether one native task can run several items in turn. Where it cannot, each item is a task of its own. @default 'owner' */
        readonly itemsPerTask?: Support;
      }
    | false;
  readonly parallel: boolean;
  readonly containers: boolean;
  readonly dependencies: { readonly [C in DependencyCondition]?: Support };
  readonly retries: { readonly [Reason in FailureReason]?: Support };
  readonly logs: 'live' | 'after-exit' | 'none';
  readonly cancel: 'immediate' | 'eventual' | 'none';
  /** The backend rounds time limits up to a multiple of this. */
  readonly timeLimitResolutionSeconds: number;
  /** Narrows core's polling, 250 ms to 10 s, to what this backend needs or bears. */
  readonly cadence?: { readonly fastestMs: number; readonly slowestMs: number };
  /**
   * Calls per second to begin with, by the names given to `context.budget.take`. Where an API is not named, nothing is
   * held back until its server first refuses a call. A beginning, not a limit: what the server serves is then learnt.
   */
  readonly budgets?: {
    readonly [api: string]: {
      /** Above 0. */
      readonly perSecond: number;
      /**
       * Calls that may be made at once after a pause, at least 1.
       *
       * @default 1
       */
      readonly burst?: number;
    };
  };
}
