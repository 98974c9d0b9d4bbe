import type { Resources } from '../job/resources.ts';

/** What a job used, and how well that is known. */
export interface Usage {
  readonly wallSeconds?: number;
  readonly cpuSeconds?: number;
  readonly peakMemoryGiB?: number;
  readonly queuedSeconds?: number;
  readonly requested: Resources;
  readonly quality: 'measured' | 'partial' | 'requested-only';
}
