import { ScijobError } from './scijob-error.ts';

/** The job succeeded, but a declared output cannot be given: it is not there, or does not fit its schema. Code `OUTPUT`. */
export class OutputError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('OUTPUT', message, options);
  }

  static {
    Object.defineProperty(OutputError.prototype, 'name', { value: 'OutputError', configurable: true });
  }

  static override isInstance(error: unknown): error is OutputError {
    return ScijobError.isInstance(error) && error.code === 'OUTPUT';
  }
}
