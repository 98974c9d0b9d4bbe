import { appendFileSync } from 'node:fs';

/** How many jobs one call of its interface may carry, as of AWS Batch's DescribeJobs. */
export const JOBS_PER_CALL = 100;

export interface NamedJob {
  readonly key: string;
  readonly token: string;
}

export type RecordedQuestion =
  | { readonly type: 'submit'; readonly jobs: readonly NamedJob[] }
  | { readonly type: 'find'; readonly tokens: readonly string[] }
  | { readonly type: 'observe'; readonly nativeIds: readonly string[] }
  /** No call of its interface: what it has counted. */
  | { readonly type: 'count' };

export type CallCounts = { readonly [Call in 'submit' | 'find' | 'observe']: number };

export interface RecordedAnswer {
  /** Per job: its native id, `null` for one that there is not and will not be. */
  readonly nativeIds?: readonly (string | null)[];
  readonly states?: readonly string[];
  readonly counts?: CallCounts;
}

/** One line of its record. */
export interface BackendEntry extends NamedJob {
  readonly nativeId: string;
}

/**
 * A backend that takes every job it is sent, twice as well when it is sent twice, and writes each into a file that is only
 * ever appended to. A name it was asked for in vain is fenced: a submit that was under way all the while comes to nothing.
 */
export class RecordedBackend {
  readonly #record: string;
  readonly #byToken = new Map<string, string>();
  readonly #fenced = new Set<string>();
  readonly #counts = { submit: 0, find: 0, observe: 0 };
  #jobs = 0;

  constructor(record: string) {
    this.#record = record;
  }

  answer(question: RecordedQuestion): RecordedAnswer {
    if (question.type === 'count') return { counts: this.#counts };
    this.#counts[question.type] += 1;
    switch (question.type) {
      case 'submit':
        return { nativeIds: within(question.jobs).length > 0 ? this.#take(question.jobs) : [] };
      case 'find':
        return { nativeIds: within(question.tokens).map((token) => this.#find(token)) };
      case 'observe':
        return { states: within(question.nativeIds).map((id) => (Number(id) <= this.#jobs ? 'RUNNING' : 'NONE')) };
    }
  }

  #take(jobs: readonly NamedJob[]): readonly (string | null)[] {
    const taken = jobs.map(({ key, token }): BackendEntry | undefined => {
      if (this.#fenced.has(token)) return undefined;
      this.#jobs += 1;
      const nativeId = String(this.#jobs);
      this.#byToken.set(token, nativeId);
      return { key, token, nativeId };
    });
    // Written before it is answered: what a client was told stands there.
    appendFileSync(this.#record, taken.map((entry) => (entry ? `${JSON.stringify(entry)}\n` : '')).join(''));
    return taken.map((entry) => entry?.nativeId ?? null);
  }

  #find(token: string): string | null {
    const nativeId = this.#byToken.get(token);
    if (nativeId === undefined) this.#fenced.add(token);
    return nativeId ?? null;
  }
}

function within<T>(jobs: readonly T[]): readonly T[] {
  if (jobs.length <= JOBS_PER_CALL) return jobs;
  throw new RangeError(`A call carries at most ${JOBS_PER_CALL} jobs, not ${jobs.length}.`);
}
