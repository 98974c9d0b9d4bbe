import { randomBytes } from 'node:crypto';
import type { ManifestLine, Part, ResolvedJob, TaskRange } from '@scijob/core/adapter';

export interface PartOptions {
  /** @default a new one */
  readonly key?: string;
  /** @default 1 */
  readonly submission?: number;
  /** Makes it an array: what each item changes. */
  readonly items?: readonly ManifestLine[];
  readonly maxConcurrent?: number;
  /** Which items. @default all */
  readonly tasks?: readonly TaskRange[];
  readonly after?: Part['after'];
}

/** One part as core hands it to an adapter. */
export function aPart(job: ResolvedJob, options: PartOptions = {}): Part {
  const { key = `conformance-${randomLetters(12)}`, submission = 1, items, maxConcurrent, after = [] } = options;
  const tasks = options.tasks ?? (items && [[0, items.length - 1] as const]);
  return {
    key: { key, submission, part: 0, token: randomLetters(32) },
    job: items ? { ...job, array: toArray(items, maxConcurrent) } : job,
    after,
    ...(tasks && { tasks }),
  };
}

function toArray(items: readonly ManifestLine[], maxConcurrent: number | undefined): NonNullable<ResolvedJob['array']> {
  const texts = items.map((line) => `${JSON.stringify(line)}\n`);
  return {
    count: items.length,
    itemsPerTask: 1,
    manifest: { sha256: randomLetters(64), open: () => new Blob(texts).stream() as ReadableStream<Uint8Array> },
    ...(maxConcurrent !== undefined && { maxConcurrent }),
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

export function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % 32]).join('');
}
