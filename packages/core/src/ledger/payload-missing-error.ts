import { ScijobError } from '../errors/scijob-error.ts';

/** The ledger has no content under this hash. Code `PAYLOAD_MISSING`. */
export class PayloadMissingError extends ScijobError {
  readonly sha256: string;

  constructor(sha256: string, path: string) {
    super(
      'PAYLOAD_MISSING',
      `The ledger has no payload ${sha256}: ${JSON.stringify(path)} is not there. It was deleted, or belongs to another ledger. Bring the file back, or submit the job again.`,
    );
    this.sha256 = sha256;
  }

  static {
    Object.defineProperty(PayloadMissingError.prototype, 'name', { value: 'PayloadMissingError', configurable: true });
  }

  static override isInstance(error: unknown): error is PayloadMissingError {
    return ScijobError.isInstance(error) && error.code === 'PAYLOAD_MISSING';
  }
}
