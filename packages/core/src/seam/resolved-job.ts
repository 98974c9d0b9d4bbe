import type { JobKind } from '../ids/job-kind.ts';
import type { Parallel } from '../job/parallel.ts';
import type { Resources } from '../job/resources.ts';
import type { RetryPolicy } from '../job/retry-policy.ts';
import type { Json } from '../util/json.ts';

export interface ResolvedOutput {
  readonly type: 'file' | 'files' | 'json';
  readonly path: string;
  readonly optional: boolean;
}

/** A payload in the ledger: named by its hash, read as a stream. */
export interface PayloadRef {
  readonly sha256: string;
  open(): ReadableStream<Uint8Array>;
}

/** A job with defaults applied and units normalised: frozen, plain JSON (but for the manifest's `open`). */
export interface ResolvedJob<Native = unknown> {
  readonly kind: JobKind;
  readonly name: string;
  readonly command?: readonly string[];
  readonly script?: { readonly text: string; readonly interpreter?: string };
  readonly workflow?: {
    readonly id: string;
    readonly version?: string;
    readonly type: 'private' | 'ready2run';
    readonly parameters: Json;
  };
  readonly image?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Path in the task's directory → absolute path or URL of the source. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, ResolvedOutput>>;
  readonly resources: Resources;
  readonly parallel?: Parallel;
  readonly timeLimitSeconds?: number;
  readonly retry: RetryPolicy;
  readonly tags: Readonly<Record<string, string>>;
  readonly array?: {
    readonly count: number;
    readonly itemsPerTask: number;
    readonly maxConcurrent?: number;
    /** JSON lines, one per item: see `ManifestLine`. */
    readonly manifest: PayloadRef;
  };
  readonly queue?: string;
  readonly account?: string;
  readonly priority?: number;
  readonly purchase?: 'on-demand' | 'spot' | 'any';
  readonly native?: Native;
}

/**
 * What one item of an array changes in the job: line `index` of the manifest, as JSON. Members of records are laid over the
 * job's; one that is `null` is taken away. `command` and `parameters` take the place of the job's.
 */
export interface ManifestLine {
  readonly item: Json;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly inputs?: Readonly<Record<string, string | null>>;
  readonly parameters?: Json;
  readonly tags?: Readonly<Record<string, string | null>>;
}
