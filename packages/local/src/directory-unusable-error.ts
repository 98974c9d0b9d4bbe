import { ScijobError } from '@scijob/core/adapter';

/** The directory of the local adapter cannot be created or written. Code `DIRECTORY_UNUSABLE`. */
export class DirectoryUnusableError extends ScijobError {
  constructor(why: string, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(
      'DIRECTORY_UNUSABLE',
      `The local adapter cannot use its directory: ${why} (${said}). Use createLocal({ directory }) with one you can write, or set SCIJOB_HOME.`,
      { cause },
    );
  }

  static {
    Object.defineProperty(DirectoryUnusableError.prototype, 'name', {
      value: 'DirectoryUnusableError',
      configurable: true,
    });
  }

  static override isInstance(error: unknown): error is DirectoryUnusableError {
    return ScijobError.isInstance(error) && error.code === 'DIRECTORY_UNUSABLE';
  }
}
