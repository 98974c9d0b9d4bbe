import { ScijobError } from '@scijob/core/adapter';

/** What lies under a native id is another job, or nothing: nothing was done to it. Code `NOT_THIS_JOB`. */
export class NotThisJobError extends ScijobError {
  constructor(key: string, nativeId: string) {
    super(
      'NOT_THIS_JOB',
      `The fake backend has no job ${nativeId} that is ${JSON.stringify(key)}. Nothing was done. ` +
        'Check that the ref is whole, and that it is one of this backend.',
    );
  }

  static override isInstance(error: unknown): error is NotThisJobError {
    return ScijobError.isInstance(error) && error.code === 'NOT_THIS_JOB';
  }

  static {
    Object.defineProperty(NotThisJobError.prototype, 'name', { value: 'NotThisJobError', configurable: true });
  }
}
