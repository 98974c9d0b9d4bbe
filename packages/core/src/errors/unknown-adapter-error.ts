import { ScijobError } from './scijob-error.ts';

/** No adapter of this client has that name, or none runs this kind of job. Code `UNKNOWN_ADAPTER`. */
export class UnknownAdapterError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNKNOWN_ADAPTER', message, options);
  }

  static {
    Object.defineProperty(UnknownAdapterError.prototype, 'name', { value: 'UnknownAdapterError', configurable: true });
  }

  static override isInstance(error: unknown): error is UnknownAdapterError {
    return ScijobError.isInstance(error) && error.code === 'UNKNOWN_ADAPTER';
  }
}
