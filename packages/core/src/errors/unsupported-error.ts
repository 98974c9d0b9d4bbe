import { ScijobError } from './scijob-error.ts';

/** The adapter cannot honour something the job or the options ask for. Nothing was sent. Code `UNSUPPORTED`. */
export class UnsupportedError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED', message, options);
  }

  static {
    Object.defineProperty(UnsupportedError.prototype, 'name', { value: 'UnsupportedError', configurable: true });
  }

  static override isInstance(error: unknown): error is UnsupportedError {
    return ScijobError.isInstance(error) && error.code === 'UNSUPPORTED';
  }
}
