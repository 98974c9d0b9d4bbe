import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file or directory an input's source means, or `undefined` when it does not lie on this machine. */
export function toSourcePath(source: string): string | undefined {
  if (isAbsolute(source)) return source;
  if (!source.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(source);
  } catch {
    return undefined;
  }
}

/** Whether a path stays in the task's directory. */
export function isInsideTask(path: string): boolean {
  return path !== '' && !isAbsolute(path) && !path.includes('\0') && !path.split('/').includes('..');
}
