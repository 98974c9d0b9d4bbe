import { printable } from '../util/printable.ts';

const MARKER = Symbol.for('scijob.error');

/**
 * The base of every error a user may catch. `code` is stable within a major version, `message` is not.
 * Plain `TypeError`s are programming mistakes and not meant to be caught.
 */
export class ScijobError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    // Names, paths and a backend's words may hold anything; a message may be printed anywhere.
    super(printable(message), options);
    this.code = code;
  }

  /** Whether `error` came from any copy of this package, across realms and versions. */
  static isInstance(error: unknown): error is ScijobError {
    return typeof error === 'object' && error !== null && MARKER in error;
  }

  static {
    // On the prototype and not enumerable, so that printed errors stay clean.
    Object.defineProperty(ScijobError.prototype, MARKER, { value: true });
    Object.defineProperty(ScijobError.prototype, 'name', { value: 'ScijobError', configurable: true, writable: true });
  }
}
