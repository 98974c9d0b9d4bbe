import { ScijobError } from './scijob-error.ts';

/** The bytes of an artifact are not what was promised: it changed, was cut short, or its checksum differs. Code `ARTIFACT`. */
export class ArtifactError extends ScijobError {
  constructor(message: string, options?: ErrorOptions) {
    super('ARTIFACT', message, options);
  }

  static {
    Object.defineProperty(ArtifactError.prototype, 'name', { value: 'ArtifactError', configurable: true });
  }

  static override isInstance(error: unknown): error is ArtifactError {
    return ScijobError.isInstance(error) && error.code === 'ARTIFACT';
  }
}
