import { ScijobError } from './scijob-error.ts';

/** The backend refused the job, or it cannot be made ready: it does not exist and will not. Code `SUBMIT_REFUSED`. */
export class SubmitRefusedError extends ScijobError {
  /** The adapter's own code, `INPUT_MISSING`, and whether the very same job may be taken later. */
  readonly refusal: { readonly code: string; readonly message: string; readonly retryable: boolean };

  constructor(
    adapter: string,
    refusal: { readonly code: string; readonly message: string; readonly retryable: boolean },
    options?: ErrorOptions,
  ) {
    super('SUBMIT_REFUSED', `"${adapter}" refused the job (${refusal.code}): ${refusal.message}`, options);
    this.refusal = refusal;
  }

  static {
    Object.defineProperty(SubmitRefusedError.prototype, 'name', { value: 'SubmitRefusedError', configurable: true });
  }

  static override isInstance(error: unknown): error is SubmitRefusedError {
    return ScijobError.isInstance(error) && error.code === 'SUBMIT_REFUSED';
  }
}
