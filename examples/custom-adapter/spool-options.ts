import { resolve } from 'node:path';

/** How the spool is used. */
export interface SpoolOptions {
  /** Where jobs are kept: one folder each. */
  readonly directory: string;
}

/** Checks what was given, at construction; reads and makes nothing. */
export function requireSpoolOptions({ directory }: SpoolOptions): SpoolOptions {
  if (typeof directory !== 'string' || directory === '' || /[\n\0]/.test(directory)) {
    throw new TypeError(`createSpool: directory must be a path of one line, not ${JSON.stringify(directory)}.`);
  }
  return Object.freeze({ directory: resolve(directory) });
}
