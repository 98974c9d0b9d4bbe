import { ScijobError } from '../errors/scijob-error.ts';

/** The content under a hash no longer has that hash. Code `PAYLOAD_DAMAGED`. */
export class PayloadDamagedError extends ScijobError {
  readonly sha256: string;

  constructor(sha256: string, actual: string, path: string) {
    super(
      'PAYLOAD_DAMAGED',
      `The payload in ${JSON.stringify(path)} has the hash ${actual}, not the one it is named after: it was changed. Bring the file back from a copy, or submit the same job again, which replaces it.`,
    );
    this.sha256 = sha256;
  }

  static {
    Object.defineProperty(PayloadDamagedError.prototype, 'name', { value: 'PayloadDamagedError', configurable: true });
  }

  static override isInstance(error: unknown): error is PayloadDamagedError {
    return ScijobError.isInstance(error) && error.code === 'PAYLOAD_DAMAGED';
  }
}
