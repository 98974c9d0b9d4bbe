import type { JobKind } from '../ids/job-kind.ts';

export type AnyOutputs = Readonly<Record<string, unknown>>;

/** The abstraction everything shares: what runs, and what comes out. Never where. */
export interface ScientificJob<R = AnyOutputs, K extends JobKind = JobKind> {
  readonly kind: K;
  readonly name: string;
  readonly '~outputs'?: R;
}
