import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WRAPPER_TEXT } from '@scijob/core/wrapper';

/** The wrapper of this version as a file: one for all tasks, named by its content, so that versions do not meet. */
export function writeWrapper(directory: string): string {
  const hash = createHash('sha256').update(WRAPPER_TEXT).digest('hex').slice(0, 16);
  const path = join(directory, `wrapper-${hash}.sh`);
  if (!existsSync(path)) {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, WRAPPER_TEXT, { mode: 0o600 });
    renameSync(temporary, path);
  }
  return path;
}
