import { ScijobError } from '@scijob/core/adapter';

/** The file is no longer the one that was listed. Code `ARTIFACT_CHANGED`. */
export class ArtifactChangedError extends ScijobError {
  constructor(path: string, why: string) {
    super(
      'ARTIFACT_CHANGED',
      `The artifact ${JSON.stringify(path)} ${why} since it was listed. List the artifacts again.`,
    );
  }

  static override isInstance(error: unknown): error is ArtifactChangedError {
    return ScijobError.isInstance(error) && error.code === 'ARTIFACT_CHANGED';
  }

  static {
    Object.defineProperty(ArtifactChangedError.prototype, 'name', {
      value: 'ArtifactChangedError',
      configurable: true,
    });
  }
}
