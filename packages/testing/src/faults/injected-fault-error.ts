/**
 * What a call rejects with when a fault struck it. Not one of scijob's own errors: to core it must look like a
 * connection that died, of which nobody knows what it did.
 */
export class InjectedFaultError extends Error {
  readonly code: 'ECONNRESET' | 'ThrottlingException';

  constructor(message: string, code: InjectedFaultError['code'] = 'ECONNRESET') {
    super(message);
    this.name = 'InjectedFaultError';
    this.code = code;
  }
}
