import { ScijobError } from '@scijob/core/adapter';

/** `clock.run()` was given something that does not come to an end however much time passes. Code `NEVER_SETTLES`. */
export class NeverSettlesError extends ScijobError {
  constructor(message: string) {
    super('NEVER_SETTLES', message);
  }

  static override isInstance(error: unknown): error is NeverSettlesError {
    return ScijobError.isInstance(error) && error.code === 'NEVER_SETTLES';
  }

  static {
    Object.defineProperty(NeverSettlesError.prototype, 'name', { value: 'NeverSettlesError', configurable: true });
  }
}
