import type { AnyHandle } from '@scijob/core';
import type { JobSpec } from './job-spec.ts';

/** The model: of each job that was asked for, what must be true of it. */
export interface ExpectedJob {
  readonly name: string;
  readonly spec: JobSpec;
  readonly givenKey?: string;
  readonly parent?: ExpectedJob;
  /** Known once somebody was given a handle: from then on the job exists, or is held, and is listed. */
  key?: string;
  ref?: string;
  /** Somebody asked to stop it: it may end as it likes, but for a success that is none. */
  isCancelled: boolean;
  /** When, on the backend's clock, that was acknowledged. */
  cancelledAt?: Date;
  /** The backend ran tasks again by itself: more runs than its script says. */
  isMoved: boolean;
  /** The backend forgot it, or gave its id away: it may be lost. */
  isForgotten: boolean;
  /** How often its failed tasks were tried again by hand. */
  triedAgain: number;
}

export class ExpectedJobs {
  readonly all: ExpectedJob[] = [];
  /** Sessions that live. */
  readonly slots = new Set<string>();

  get promised(): readonly ExpectedJob[] {
    return this.all.filter(({ key }) => key !== undefined);
  }

  add(spec: JobSpec, givenKey?: string, parent?: ExpectedJob): ExpectedJob {
    const job: ExpectedJob = {
      name: `job-${this.all.length}`,
      spec,
      ...(givenKey === undefined ? {} : { givenKey }),
      ...(parent ? { parent } : {}),
      isCancelled: false,
      isMoved: false,
      isForgotten: false,
      triedAgain: 0,
    };
    this.all.push(job);
    return job;
  }

  ofKey(givenKey: string): ExpectedJob | undefined {
    return this.all.find((job) => job.givenKey === givenKey);
  }

  /** One of those that are promised, whatever the number. */
  nth(number: number): ExpectedJob | undefined {
    return this.promised[number % Math.max(1, this.promised.length)];
  }
}

/** A handle was given out. */
export function promise(job: ExpectedJob, handle: AnyHandle): void {
  job.key ??= handle.key;
  job.ref ??= handle.toString();
}

/** Nobody interfered: it runs exactly as often as its script and its budgets say. */
export function isUndisturbed(job: ExpectedJob): boolean {
  return (
    !job.isCancelled &&
    !job.isMoved &&
    !job.isForgotten &&
    job.triedAgain === 0 &&
    (job.parent === undefined || isUndisturbed(job.parent))
  );
}
