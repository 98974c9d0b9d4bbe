import { ScijobError } from './scijob-error.ts';

/** Whether the backend took the job is not known; it was not sent again. The message says how to find out. Code `SUBMIT_UNKNOWN`. */
export class SubmitUnknownError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('SUBMIT_UNKNOWN', message, options);
  }

  static {
    Object.defineProperty(SubmitUnknownError.prototype, 'name', { value: 'SubmitUnknownError', configurable: true });
  }

  static override isInstance(error: unknown): error is SubmitUnknownError {
    return ScijobError.isInstance(error) && error.code === 'SUBMIT_UNKNOWN';
  }
}
