import type { FinalStatus } from '@scijob/core';
import type { JobRef, Observation, Sweep, Target } from '@scijob/core/adapter';
import { requireCount } from './harness.ts';

/** What a job of the backend goes through, one sweep after the other; once it has not changed. */
export const LIFE = [
  'queued',
  'starting',
  'running',
  'running',
  'suspended',
  'running',
  'finalizing',
  'succeeded',
] as const;
export const REPLAYED: Target = { adapter: 'replayed', id: 'replayed', describe: {} };

/** One sweep for each state, over all jobs. */
export function sweepsOf(refs: readonly JobRef[]): readonly Sweep[] {
  return LIFE.map((state, sweep) => ({
    covered: refs,
    seen: refs.map(
      (ref): Observation => ({
        ref,
        status: { state, attempt: '1.0', at: new Date(1_000 * sweep), raw: state.toUpperCase() },
        evidence: { row: `${nativeIdOf(ref)} ${state.toUpperCase()}` },
      }),
    ),
  }));
}

export function refOf(key: string, nativeId: string): JobRef {
  const submissions = [{ number: 1, parts: [{ nativeId }] }];
  return { version: 1, target: REPLAYED, key, jobHash: '', submissions, kind: 'command', places: {} };
}

export function nativeIdOf({ submissions }: JobRef): string {
  return submissions[0]?.parts[0]?.nativeId ?? '';
}

export function requireSucceeded(ends: readonly FinalStatus[], jobs: number): void {
  requireCount('Jobs that succeeded', ends.filter(({ state }) => state === 'succeeded').length, jobs);
}
