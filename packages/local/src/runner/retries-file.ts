import { closeSync, fdatasyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseRetryLines, type RetryLine } from '../retry-line.ts';

export function readRetries(path: string): readonly RetryLine[] {
  try {
    return parseRetryLines(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Written before the next attempt can start, for good: neither a kill nor a loss of power gives a budget back. */
export function appendRetry(path: string, line: RetryLine): void {
  // A task that could not be given a folder has none.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'a', 0o600);
  try {
    // A line that a crash cut short before this one is ended by the empty one.
    writeSync(file, `\n${JSON.stringify(line)}\n`);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
