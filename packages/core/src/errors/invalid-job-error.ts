import { ScijobError } from './scijob-error.ts';

/** One thing that is wrong with a job: where, and what to do about it. */
export interface JobProblem {
  /** Path of the field, `resources.memoryGiB`. */
  readonly field: string;
  readonly message: string;
}

/** A job that no backend could run as written. All problems at once; code `INVALID_JOB`. */
export class InvalidJobError extends ScijobError {
  readonly problems: readonly JobProblem[];

  constructor(what: string, problems: readonly JobProblem[]) {
    const lines = problems.map(({ field, message }) => `\n  - ${field === '' ? '' : `${field}: `}${message}`);
    super('INVALID_JOB', `${what} is not valid:${lines.join('')}`);
    this.problems = problems;
  }

  static {
    Object.defineProperty(InvalidJobError.prototype, 'name', { value: 'InvalidJobError', configurable: true });
  }

  static override isInstance(error: unknown): error is InvalidJobError {
    return ScijobError.isInstance(error) && error.code === 'INVALID_JOB';
  }
}
