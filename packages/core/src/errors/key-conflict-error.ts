import { ScijobError } from './scijob-error.ts';

/** Another job already has this key. Code `KEY_CONFLICT`. */
export class KeyConflictError extends ScijobError {
  readonly key: string;
  /** Fields that differ from the job first submitted under the key. */
  readonly fields: readonly string[];

  constructor(key: string, fields: readonly string[]) {
    super(
      'KEY_CONFLICT',
      `The key ${JSON.stringify(key)} belongs to another job (different: ${fields.join(', ')}). ` +
        'Use another key for another job, and for a new run of the same one.',
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
