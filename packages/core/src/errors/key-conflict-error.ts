import { ScijobError } from './scijob-error.ts';

/** Another job already has this key. Code `KEY_CONFLICT`. */
export class KeyConflictError extends ScijobError {
  readonly key: string;
  /** Fields that differ from the job first submitted under the key. */
  readonly fields: readonly string[];

  constructor(key: string, fields: readonly string[]) {
    super(
      'KEY_CONFLICT',
      `The key ${JSON.stringify(key)} belongs to another job: ${fields.join(', ')} ${fields.length === 1 ? 'differs' : 'differ'}. ` +
        'Use another key for another job; for a new run of the same job, use `rerun()` of its handle.',
    );
    this.key = key;
    this.fields = fields;
  }

  static {
    Object.defineProperty(KeyConflictError.prototype, 'name', { value: 'KeyConflictError', configurable: true });
  }

  static override isInstance(error: unknown): error is KeyConflictError {
    return ScijobError.isInstance(error) && error.code === 'KEY_CONFLICT';
  }
}
