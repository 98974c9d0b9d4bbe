import { ScijobError } from './scijob-error.ts';

/** The client was closed while this was under way, or before. Code `CLIENT_CLOSED`. */
export class ClientClosedError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('CLIENT_CLOSED', message, options);
  }

  static {
    Object.defineProperty(ClientClosedError.prototype, 'name', { value: 'ClientClosedError', configurable: true });
  }

  static override isInstance(error: unknown): error is ClientClosedError {
    return ScijobError.isInstance(error) && error.code === 'CLIENT_CLOSED';
  }
}
