import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

/**
 * Replaces the text of a small file in one write, padded to what was there. It is never cut short meanwhile, and nothing
 * waits for the disk, as a rename over an old file does on ext4.
 */
export function overwrite(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    writeSync(file, text.padEnd(fstatSync(file).size), 0);
  } finally {
    closeSync(file);
  }
}
