import type { Attempt } from '@scijob/core/adapter';
import type { StartRecord } from '@scijob/core/wrapper';
import type { MemoryGroup } from './memory-group.ts';
import type { PartRun } from './part-run.ts';
import type { Worker } from './worker.ts';

/** A task that was handed to a wrapper and has not ended, as the runner sees it. */
export interface RunningTask {
  readonly part: PartRun;
  readonly index: number;
  readonly attempt: Attempt;
  /** Of this attempt. */
  readonly folder: string;
  /** Since when it waited for its turn. */
  readonly sentAt: Date;
  readonly gpus: readonly number[];
  readonly group: MemoryGroup | undefined;
  /** Absent for one that an earlier runner started, or whose shell is gone. */
  worker?: Worker | undefined;
  start?: StartRecord | undefined;
  peakBytes?: number;
  /** A stop was recorded and sent. */
  isStopping?: boolean;
  /** Since when its wrapper is known to be gone without an end record. */
  goneSinceMs?: number;
}

/** The start record, once it is there. */
export type StartReader = (task: RunningTask) => StartRecord | undefined;
