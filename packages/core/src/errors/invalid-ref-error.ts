import { ScijobError } from './scijob-error.ts';

/** A ref that is damaged, foreign, or of another version. Code `INVALID_REF`. */
export class InvalidRefError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_REF', message, options);
  }

  static {
    Object.defineProperty(InvalidRefError.prototype, 'name', { value: 'InvalidRefError', configurable: true });
  }

  static override isInstance(error: unknown): error is InvalidRefError {
    return ScijobError.isInstance(error) && error.code === 'INVALID_REF';
  }
}
