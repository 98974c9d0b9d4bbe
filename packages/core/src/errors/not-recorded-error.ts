import { ScijobError } from './scijob-error.ts';

/** The backend took the job, but its id could not be written to the ledger. The message holds the ref. Code `NOT_RECORDED`. */
export class NotRecordedError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_RECORDED', message, options);
  }

  static {
    Object.defineProperty(NotRecordedError.prototype, 'name', { value: 'NotRecordedError', configurable: true });
  }

  static override isInstance(error: unknown): error is NotRecordedError {
    return ScijobError.isInstance(error) && error.code === 'NOT_RECORDED';
  }
}
