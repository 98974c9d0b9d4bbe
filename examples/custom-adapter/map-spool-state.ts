import type { JobStatus } from '@scijob/core/adapter';
import { type ClaimRecord, type EndRecord, type StartRecord, toEndStatus } from '@scijob/core/wrapper';
import type { SpoolPart } from './to-wrapper-task.ts';

export interface SpoolRecords {
  readonly claim?: ClaimRecord | undefined;
  readonly start?: StartRecord | undefined;
  readonly end?: EndRecord | undefined;
  /** The wrapper is gone, and left no end record. */
  readonly isGone: boolean;
  /** Which of them are there. */
  readonly names: readonly string[];
}

/** Where a job is, by what its wrapper wrote so far. Pure: the same records give the same status in any process. */
export function mapSpoolState({ attempt, outputs }: SpoolPart, records: SpoolRecords, now: Date): JobStatus {
  const { claim, start, end, isGone } = records;
  if (end) return toEndStatus(end, { outputs });
  if (isGone) {
    // Never a success without an end record, and no failure of the job either: nobody knows how it ended.
    const message = 'The process of the job is gone and left no record of its end.';
    return { state: 'lost', reason: 'unknown', message, attempt, at: start?.startedAt ?? now };
  }
  if (start) return { state: 'running', attempt, at: start.startedAt };
  return { state: claim ? 'starting' : 'queued', attempt, at: now };
}
