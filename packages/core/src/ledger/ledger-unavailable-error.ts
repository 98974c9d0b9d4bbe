import { ScijobError } from '../errors/scijob-error.ts';

/** The ledger cannot be used where it is asked for; nothing else was used in its place. Code `LEDGER_UNAVAILABLE`. */
export class LedgerUnavailableError extends ScijobError {
  readonly directory: string;

  constructor(directory: string, why: string, options?: ErrorOptions) {
    super(
      'LEDGER_UNAVAILABLE',
      `The ledger in ${JSON.stringify(directory)} cannot be used: ${why}. ` +
        "Make that folder writable, name another one with the `ledger` option or the environment variable SCIJOB_HOME, or, if nothing needs to outlive this process, pass `ledger: 'memory'`.",
      options,
    );
    this.directory = directory;
  }

  static {
    Object.defineProperty(LedgerUnavailableError.prototype, 'name', {
      value: 'LedgerUnavailableError',
      configurable: true,
    });
  }

  static override isInstance(error: unknown): error is LedgerUnavailableError {
    return ScijobError.isInstance(error) && error.code === 'LEDGER_UNAVAILABLE';
  }
}
