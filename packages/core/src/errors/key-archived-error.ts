import { ScijobError } from './scijob-error.ts';

/** The key belongs to a job whose records were moved out of this ledger. Code `KEY_ARCHIVED`. */
export class KeyArchivedError extends ScijobError {
  constructor(key: string, archive: string) {
    super(
      'KEY_ARCHIVED',
      `The key ${JSON.stringify(key)} belongs to a job whose records were archived (in ${archive}). Use another key.`,
    );
  }

  static {
    Object.defineProperty(KeyArchivedError.prototype, 'name', { value: 'KeyArchivedError', configurable: true });
  }

  static override isInstance(error: unknown): error is KeyArchivedError {
    return ScijobError.isInstance(error) && error.code === 'KEY_ARCHIVED';
  }
}
