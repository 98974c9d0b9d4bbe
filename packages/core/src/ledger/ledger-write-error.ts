import { ScijobError } from '../errors/scijob-error.ts';

/** A record was not acknowledged by the disk. It may stand in the ledger nevertheless, which harms nothing. Code `LEDGER_WRITE_FAILED`. */
export class LedgerWriteError extends ScijobError {
  /** The file that could not be written. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      'LEDGER_WRITE_FAILED',
      `The ledger could not be written, ${JSON.stringify(path)}: ${why}. ${wayOut(cause)} Whatever was to be recorded was not confirmed.`,
      { cause },
    );
    this.path = path;
  }

  static {
    Object.defineProperty(LedgerWriteError.prototype, 'name', { value: 'LedgerWriteError', configurable: true });
  }

  static override isInstance(error: unknown): error is LedgerWriteError {
    return ScijobError.isInstance(error) && error.code === 'LEDGER_WRITE_FAILED';
  }
}

function wayOut(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return 'The disk or the quota is full: free space there, or name a ledger on another disk with the `ledger` option or SCIJOB_HOME.';
  }
  return 'Check the disk and the rights on that folder, or name another ledger with the `ledger` option or SCIJOB_HOME.';
}
