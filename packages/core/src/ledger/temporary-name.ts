import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** A name in the same folder for a file that is not finished. */
export function temporaryName(folder: string): string {
  return join(folder, `.${randomBytes(12).toString('hex')}.part`);
}
