import { type AnyHandle, type FinalState, JOB_STATES, type JobStatus } from '@scijob/core';
import type { FakeBackend } from '@scijob/testing';
import type { ExpectedJob } from './expected-jobs.ts';

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled', 'lost'] satisfies FinalState[];
const RANKS: { readonly [state: string]: number } = {
  submitting: 0,
  queued: 1,
  held: 1,
  starting: 2,
  running: 3,
  suspended: 3,
  finalizing: 4,
  cancelling: 5,
};

export function isEnded({ state }: JobStatus): boolean {
  return ENDED.includes(state);
}

/** Everything that clients say of jobs, held against the backend's own record at the moment it is said. */
export class Told {
  readonly #backend: FakeBackend;
  readonly #broken: (what: string) => void;

  constructor(backend: FakeBackend, broken: (what: string) => void) {
    this.#backend = backend;
    this.#broken = broken;
  }

  /** Follows a handle for as long as its client lives. A look that fails ends the stream; others go on. */
  follow(job: ExpectedJob, handle: AnyHandle, who: string): void {
    void this.#followStatus(job, handle, who).catch(() => {});
    if (handle.shape === 'array') void this.#followChildren(job, handle, who).catch(() => {});
  }

  async #followStatus(job: ExpectedJob, handle: AnyHandle, who: string): Promise<void> {
    let before: JobStatus | undefined;
    for await (const status of handle.statusChanges()) {
      this.judge(job, before, status, who);
      before = status;
    }
  }

  async #followChildren(job: ExpectedJob, handle: AnyHandle & { readonly shape: 'array' }, who: string): Promise<void> {
    const seen = new Set<number>();
    for await (const { index, state } of handle.results()) {
      if (seen.has(index)) this.#broken(`${who} was given child ${index} of ${job.name} twice`);
      seen.add(index);
      if (state === 'succeeded' && !this.#hasSucceeded(job, index)) {
        this.#broken(`${who} calls child ${index} of ${job.name} succeeded, and the backend does not`);
      }
      if (state === 'lost' && !job.isForgotten) this.#broken(`${who} calls child ${index} of ${job.name} lost`);
    }
  }

  judge(job: ExpectedJob, before: JobStatus | undefined, status: JobStatus, who: string): void {
    const said = `${who} says of ${job.spec.isArray ? 'array ' : ''}${job.name}: ${status.state} ${status.attempt}`;
    if (status.state === 'succeeded') {
      const missing = job.spec.tasks.findIndex((_, index) => !this.#hasSucceeded(job, index));
      if (missing >= 0) this.#broken(`${said}, and at the backend task ${missing} did not`);
    }
    if (status.state === 'lost' && !job.isForgotten) this.#broken(`${said}, and the backend knows it`);
    if (!JOB_STATES.includes(status.state)) this.#broken(`${said}, which is no state`);
    if (before === undefined) return;
    const order = compareAttempts(status.attempt, before.attempt);
    // Cancelled while it waited to be tried again, it ends as the attempt before did.
    const isGivenUp = job.isCancelled && before.state === 'held' && isEnded(status);
    if (order < 0 && !isGivenUp) this.#broken(`${said}, after ${before.state} ${before.attempt}: an earlier attempt`);
    if (order > 0 || before.state === 'lost') return;
    if (isEnded(before) && before.state !== status.state) this.#broken(`${said}, after ${before.state}: it was final`);
    if (!isEnded(status) && (RANKS[status.state] ?? 9) < (RANKS[before.state] ?? 0)) {
      this.#broken(`${said}, after ${before.state}: it went back`);
    }
  }

  #hasSucceeded({ key, name }: ExpectedJob, index: number): boolean {
    const keyOf = key ?? this.#backend.submitted.find((task) => task.name === name)?.key;
    return this.#backend.runs.some((run) => run.key === keyOf && run.index === index && run.end === 'succeeded');
  }
}

function compareAttempts(a: string, b: string): number {
  const [[a1 = 0, a2 = 0], [b1 = 0, b2 = 0]] = [a.split('.').map(Number), b.split('.').map(Number)];
  return a1 - b1 || a2 - b2;
}
