import { ScijobError } from '../errors/scijob-error.ts';

/** Something was to be recorded after the ledger was closed. Code `LEDGER_CLOSED`. */
export class LedgerClosedError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('LEDGER_CLOSED', message, options);
  }

  static {
    Object.defineProperty(LedgerClosedError.prototype, 'name', { value: 'LedgerClosedError', configurable: true });
  }

  static override isInstance(error: unknown): error is LedgerClosedError {
    return ScijobError.isInstance(error) && error.code === 'LEDGER_CLOSED';
  }
}
