import { type Attempt, compareAttempts } from '../ids/attempt.ts';
import type { Observation, Sweep } from '../seam/observation.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { mergeStatus } from '../state/merge-status.ts';
import type { Json } from '../util/json.ts';
import type { JobIndex } from './job-index.ts';
import type { TrackedJob } from './tracked-job.ts';

/** DESIGN §7 rule 2: this many covered, answered sweeps … */
export const LOST_AFTER_SWEEPS = 3;
/** … over this much waking time without any evidence make a job `lost`. */
export const LOST_AFTER_AWAKE_MS = 15 * 60_000;

export interface SweepTime {
  readonly at: Date;
  readonly monotonicMs: number;
  /** Waking time since the sweep before: a machine that slept has not waited. */
  readonly awakeMs: number;
  /** The backend runs it again: a new attempt of the same native object. */
  readonly onAttempt?: (job: TrackedJob, attempt: Attempt, evidence: Json) => void;
}

type Jobs = Pick<JobIndex, 'get'>;

/** Applies one answered sweep to the jobs it was asked about. Returns the jobs of which something changed. */
export function applySweep(jobs: Jobs, sweep: Sweep, time: SweepTime): TrackedJob[] {
  const seen = new Set<TrackedJob>();
  return [...applySeen(jobs, sweep.seen, seen, time), ...applyUnseen(jobs, sweep, seen, time)];
}

/** Jobs that were seen; noted in `seen`. May be a part of what a sweep saw. */
export function applySeen(
  jobs: Jobs,
  observations: readonly Observation[],
  seen: Set<TrackedJob>,
  time: SweepTime,
): TrackedJob[] {
  const changed: TrackedJob[] = [];
  for (const observation of observations) {
    const job = jobs.get(observation.ref);
    if (!job) continue;
    seen.add(job);
    if (job.details?.unseen) {
      const { unseen: _unseen, ...details } = job.details;
      job.details = details;
    }
    job.seenAtMs = Math.floor(time.monotonicMs);
    if (observation.memo !== undefined) job.memo = observation.memo;
    if (observation.usage !== undefined) job.details = { ...job.details, usage: observation.usage };
    const merged = mergeStatus(job.status, observation.status);
    const countsChanged = observation.counts !== undefined && !sameCounts(job.details?.counts, observation.counts);
    if (observation.counts !== undefined && countsChanged) job.details = { ...job.details, counts: observation.counts };
    if (merged === job.status && !countsChanged) continue;
    if (isFinal(merged) && merged !== job.status) job.details = { ...job.details, evidence: observation.evidence };
    if (compareAttempts(merged.attempt, job.status.attempt) > 0)
      time.onAttempt?.(job, merged.attempt, observation.evidence);
    show(job, merged);
    changed.push(job);
  }
  return changed;
}

/** Jobs that the sweep covered and did not see. */
export function applyUnseen(jobs: Jobs, sweep: Sweep, seen: ReadonlySet<TrackedJob>, time: SweepTime): TrackedJob[] {
  const changed: TrackedJob[] = [];
  for (const [index, ref] of sweep.covered.entries()) {
    // The usual answer has a row for each ref, in their order: nothing to look up.
    if (sweep.seen[index]?.ref === ref) continue;
    const job = jobs.get(ref);
    if (!job || seen.has(job) || isFinal(job.status)) continue;
    const sweeps = (job.details?.unseen?.sweeps ?? 0) + 1;
    const awakeMs = (job.details?.unseen?.awakeMs ?? 0) + time.awakeMs;
    job.details = { ...job.details, unseen: { sweeps, awakeMs } };
    if (sweeps < LOST_AFTER_SWEEPS || awakeMs < LOST_AFTER_AWAKE_MS) continue;
    const evidence = { sweepsWithoutEvidence: sweeps, awakeSeconds: Math.round(awakeMs / 1_000) };
    job.details = { ...job.details, evidence };
    show(job, lostStatus(job, sweeps, awakeMs, time.at));
    changed.push(job);
  }
  return changed;
}

/** An end is shown by the tracker, once it is written down. */
function show(job: TrackedJob, status: JobStatus): void {
  if (isFinal(status) && status !== job.status) job.ending = status;
  else job.status = status;
}

function lostStatus(job: TrackedJob, sweeps: number, awakeMs: number, at: Date): JobStatus {
  return {
    state: 'lost',
    attempt: job.status.attempt,
    at,
    reason: 'unknown',
    message:
      `No evidence of this job in ${sweeps} answered sweeps over ${Math.round(awakeMs / 60_000)} waking minutes; ` +
      `it was last known to be ${job.status.state}. Whether it ran or runs is not known; it will not be run again by itself.`,
  };
}

function sameCounts(a: object | undefined, b: object): boolean {
  if (a === undefined) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([state, count]) => (b as Record<string, number>)[state] === count)
  );
}
