import { createHash } from 'node:crypto';
import type { FinalStatus } from '@scijob/core';
import { isFinal, type JobStatus, type Observation } from '@scijob/core/adapter';
import { requireCount } from './harness.ts';
import type { Observed } from './observations-probe.ts';
import { LIFE, nativeIdOf, refOf, requireSucceeded, sweepsOf } from './replayed-life.ts';

/** What one would keep of a job without us. */
interface PlainJob {
  status: JobStatus | undefined;
  evidence: unknown;
  seenAtMs: number;
  readonly resolve: (status: FinalStatus) => void;
}

/** The same observations without us: a loop, a Map, and a promise a job. `record` is given each end. */
export async function updatePlainObjects(
  jobs: number,
  record: (observation: Observation) => number,
): Promise<Observed> {
  const refs = Array.from({ length: jobs }, (_, index) => refOf(String(index).padStart(26, '0'), String(index + 1)));
  const sweeps = sweepsOf(refs);
  const known = new Map<string, PlainJob>();
  const ends = refs.map((ref) => {
    const { promise, resolve } = Promise.withResolvers<FinalStatus>();
    known.set(nativeIdOf(ref), { status: undefined, evidence: undefined, seenAtMs: 0, resolve });
    return promise;
  });
  globalThis.gc?.();
  const begun = performance.now();
  let [observations, recorded] = [0, 0];
  for (const { seen } of sweeps) {
    const now = performance.now();
    for (const observation of seen) {
      const job = known.get(nativeIdOf(observation.ref));
      if (!job) continue;
      const { status } = observation;
      job.status = status;
      job.evidence = observation.evidence;
      job.seenAtMs = now;
      observations += 1;
      if (!isFinal(status)) continue;
      recorded = record(observation);
      job.resolve(status);
    }
  }
  requireSucceeded(await Promise.all(ends), jobs);
  const seconds = (performance.now() - begun) / 1_000;
  requireCount('Observations', observations, jobs * LIFE.length);
  return { seconds, observations, recorded };
}

/** Each end as a line of JSON with the SHA-256 of the line before, in memory. */
export function recordByHand(): (observation: Observation) => number {
  const lines: Buffer[] = [];
  let prev = '';
  return ({ ref: { key }, status, evidence }) => {
    const at = new Date().toISOString();
    const line = Buffer.from(`${JSON.stringify({ n: lines.length, prev, at, type: 'end', key, status, evidence })}\n`);
    prev = createHash('sha256').update(line).digest('hex');
    return lines.push(line);
  };
}
