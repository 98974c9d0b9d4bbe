import { join } from 'node:path';
import type { Attempt, Parallel } from '@scijob/core/adapter';

export interface LogFile {
  readonly path: string;
  readonly stream: 'stdout' | 'stderr';
  readonly rank?: number;
  readonly attempt: Attempt;
}

/** The files a task's processes write to, always in this order: cursors count on it. */
export function toLogFiles(folder: string, attempt: Attempt, parallel: Parallel | undefined): readonly LogFile[] {
  const ranks = parallel?.launcher === undefined ? (parallel?.processesPerNode ?? 0) : 0;
  const files: LogFile[] = [];
  for (const stream of ['stdout', 'stderr'] as const)
    files.push({ path: join(folder, `${stream}.${attempt}`), stream, attempt });
  for (let rank = 0; rank < ranks; rank += 1) {
    for (const stream of ['stdout', 'stderr'] as const) {
      files.push({ path: join(folder, `${stream}.${attempt}.${rank}`), stream, rank, attempt });
    }
  }
  return files;
}
