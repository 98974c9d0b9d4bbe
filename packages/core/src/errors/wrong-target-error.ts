import { ScijobError } from './scijob-error.ts';

/** A ref of a job on another backend than any adapter of this client reaches. Code `WRONG_TARGET`. */
export class WrongTargetError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('WRONG_TARGET', message, options);
  }

  static {
    Object.defineProperty(WrongTargetError.prototype, 'name', { value: 'WrongTargetError', configurable: true });
  }

  static override isInstance(error: unknown): error is WrongTargetError {
    return ScijobError.isInstance(error) && error.code === 'WRONG_TARGET';
  }
}
