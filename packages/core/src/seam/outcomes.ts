import type { Json } from '../util/json.ts';

/** Why a backend will not take a part. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export type PrepareOutcome =
  | { readonly type: 'prepared'; readonly memo?: Json }
  | { readonly type: 'refused'; readonly error: Refusal };

export type SubmitOutcome =
  | { readonly type: 'accepted'; readonly nativeId: string }
  | { readonly type: 'refused'; readonly error: Refusal }
  | { readonly type: 'unknown'; readonly cause: unknown };

export type FindOutcome =
  /** `duplicates`: others under the same key, which core then asks to stop and reports. */
  | { readonly type: 'found'; readonly nativeId: string; readonly duplicates?: readonly string[] }
  | { readonly type: 'absent'; readonly evidence: Json }
  | { readonly type: 'unknown'; readonly cause: unknown };

export type CancelOutcome =
  | { readonly type: 'requested' }
  | { readonly type: 'already-ended' }
  | { readonly type: 'unknown'; readonly cause: unknown };
