import { ScijobError } from '@scijob/core/adapter';

/** What lies under a native id is another job, or cannot be read: nothing was done to it. Code `NOT_THIS_JOB`. */
export class NotThisJobError extends ScijobError {
  constructor(key: string, nativeId: string) {
    super(
      'NOT_THIS_JOB',
      `The local job ${nativeId} is not ${JSON.stringify(key)}, or its record cannot be read. Nothing was done to it. ` +
        'Check that the ref is whole and that the directory is the one the job was submitted to.',
    );
  }

  static {
    Object.defineProperty(NotThisJobError.prototype, 'name', { value: 'NotThisJobError', configurable: true });
  }

  static override isInstance(error: unknown): error is NotThisJobError {
    return ScijobError.isInstance(error) && error.code === 'NOT_THIS_JOB';
  }
}
