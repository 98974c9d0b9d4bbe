import type { Refusal } from '@scijob/core/adapter';
import { DirectoryUnusableError } from './directory-unusable-error.ts';

interface Kind {
  readonly code: string;
  readonly what: string;
  readonly retryable: boolean;
}

const KINDS: { readonly [code: string]: Kind } = {
  ENOSPC: { code: 'DISK_FULL', what: 'the disk is full', retryable: true },
  EDQUOT: { code: 'DISK_FULL', what: 'the disk quota is used up', retryable: true },
  EROFS: { code: 'NOT_WRITABLE', what: 'the file system is mounted read-only', retryable: false },
  EACCES: { code: 'NOT_WRITABLE', what: 'permission is denied', retryable: false },
  EPERM: { code: 'NOT_WRITABLE', what: 'permission is denied', retryable: false },
  ENOTDIR: { code: 'NOT_WRITABLE', what: 'a part of its path is no folder', retryable: false },
  EMFILE: { code: 'BUSY', what: 'this process has too many files open', retryable: true },
  ENFILE: { code: 'BUSY', what: 'this machine has too many files open', retryable: true },
};

/** What an error of the file system means for a part that was being prepared: nothing of it exists. */
export function toRefusal(error: unknown): Refusal {
  const kind = kindOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (!kind) return { code: 'PREPARE_FAILED', message: `The job could not be prepared: ${said}`, retryable: true };
  return {
    code: kind.code,
    message: `The job could not be prepared: ${kind.what} (${said}). Make room or choose another place: createLocal({ directory }).`,
    retryable: kind.retryable,
  };
}

/** What an error of the file system means for the whole directory. */
export function classifyLocalError(error: unknown): unknown {
  const kind = kindOf(error);
  return kind ? new DirectoryUnusableError(kind.what, error) : error;
}

function kindOf(error: unknown): Kind | undefined {
  return KINDS[(error as NodeJS.ErrnoException | null)?.code ?? ''];
}
