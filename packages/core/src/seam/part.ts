import type { JobRef, TaskRange } from '../ids/job-ref.ts';
import type { ResolvedJob } from './resolved-job.ts';

/** Slurm's words. `aftercorr`: each task after the task of the same index. */
export type DependencyCondition = 'afterok' | 'afterany' | 'afternotok' | 'aftercorr';

/** key/submission/part: one native object, a job or one array shard. */
export interface PartKey {
  readonly key: string;
  readonly submission: number;
  readonly part: number;
  /** 32 lower-case letters and digits, a hash of the other three and the ledger: goes into native names, comments, tags or request ids. */
  readonly token: string;
}

export interface Part<Native = unknown> {
  readonly key: PartKey;
  readonly job: ResolvedJob<Native>;
  /** Which items this part runs; absent for a single job. */
  readonly tasks?: readonly TaskRange[];
  readonly after: readonly { readonly ref: JobRef; readonly condition: DependencyCondition }[];
}
