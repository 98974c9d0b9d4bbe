import type { Refusal } from '@scijob/core/adapter';

/** Why a part cannot be prepared, and whether trying again can help. Pure. */
export function classifySpoolError(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const { code } = ((error instanceof Error && error.cause) || error || {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { code: 'INPUT_MISSING', message, retryable: false };
  return { code: 'STAGING', message, retryable: code === 'ENOSPC' || code === 'EMFILE' };
}
