import type { JobRef } from '../ids/job-ref.ts';
import type { TrackedJob } from './tracked-job.ts';

/**
 * Jobs of one backend by what they are: native id and key. Two ledgers may use the same key there, and a backend may use
 * an id again. The id alone is the index as long as it is enough: 100,000 jobs then need no names of their own.
 */
export class JobIndex {
  readonly #jobs = new Map<string, TrackedJob>();
  /** Those whose id another job has here: hardly ever any. */
  readonly #others = new Map<string, TrackedJob>();

  get size(): number {
    return this.#jobs.size + this.#others.size;
  }

  get(ref: JobRef): TrackedJob | undefined {
    const job = this.#jobs.get(nativeIdOf(ref));
    return job?.ref.key === ref.key || this.#others.size === 0 ? sameKey(job, ref) : this.#others.get(fullName(ref));
  }

  add(job: TrackedJob): void {
    this.delete(job);
    const id = nativeIdOf(job.ref);
    const present = this.#jobs.get(id);
    if (present === undefined || present.ref.key === job.ref.key) this.#jobs.set(id, job);
    else this.#others.set(fullName(job.ref), job);
  }

  delete({ ref }: TrackedJob): void {
    const id = nativeIdOf(ref);
    if (this.#jobs.get(id)?.ref.key === ref.key) this.#jobs.delete(id);
    else this.#others.delete(fullName(ref));
  }

  values(): readonly TrackedJob[] {
    return [...this.#jobs.values(), ...this.#others.values()];
  }

  clear(): void {
    this.#jobs.clear();
    this.#others.clear();
  }
}

function sameKey(job: TrackedJob | undefined, ref: JobRef): TrackedJob | undefined {
  return job?.ref.key === ref.key ? job : undefined;
}

function nativeIdOf({ key, submissions }: JobRef): string {
  return submissions[0]?.parts[0]?.nativeId ?? key;
}

function fullName(ref: JobRef): string {
  return `${nativeIdOf(ref)}\0${ref.key}`;
}
