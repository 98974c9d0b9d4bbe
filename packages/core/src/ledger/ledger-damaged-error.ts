import { ScijobError } from '../errors/scijob-error.ts';

/** What stands in the ledger is not what was written there. Code `LEDGER_DAMAGED`. */
export class LedgerDamagedError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('LEDGER_DAMAGED', message, options);
  }

  static {
    Object.defineProperty(LedgerDamagedError.prototype, 'name', { value: 'LedgerDamagedError', configurable: true });
  }

  static override isInstance(error: unknown): error is LedgerDamagedError {
    return ScijobError.isInstance(error) && error.code === 'LEDGER_DAMAGED';
  }
}
