import { hash } from 'node:crypto';
import type { ResolvedOutput } from '@scijob/core/adapter';
import type { FakeContent, FakeFiles } from './fake-options.ts';
import type { SubmittedTask } from './scripted.ts';

export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly modifiedAt: Date;
}

/** A declared output, and which paths belong to it. */
export interface DeclaredOutput {
  readonly name: string;
  readonly output: ResolvedOutput;
  readonly matches: (path: string) => boolean;
}

export interface TaskFiles {
  readonly files: ReadonlyMap<string, StoredFile>;
  /** The first required output of which there is nothing. */
  readonly missing?: DeclaredOutput;
}

/** What a task leaves of what it declares: what the script says, else something small that is not empty. */
export function toTaskFiles(
  task: SubmittedTask,
  declared: readonly DeclaredOutput[],
  given: FakeFiles | undefined,
  modifiedAt: Date,
): TaskFiles {
  const files = new Map<string, StoredFile>();
  let missing: DeclaredOutput | undefined;
  for (const one of declared) {
    const { output, matches } = one;
    const named = Object.entries(given ?? {}).filter(([path]) => path === output.path || matches(path));
    const left = named.filter(([, content]) => content !== null);
    if (named.length === 0) {
      const path = output.type === 'files' ? toExamplePath(output.path, matches) : output.path;
      if (path !== undefined) files.set(path, toStoredFile(defaultContent(task, output, path), modifiedAt));
    }
    for (const [path, content] of left) files.set(path, toStoredFile(content, modifiedAt));
    if (!output.optional && !files.has(output.path) && ![...files.keys()].some(matches)) missing ??= one;
  }
  return { files, ...(missing ? { missing } : {}) };
}

export function toStoredFile(content: FakeContent, modifiedAt: Date): StoredFile {
  const bytes = toBytes(content);
  return { bytes, sha256: hash('sha256', bytes, 'hex'), modifiedAt };
}

function toBytes(content: FakeContent): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
}

function defaultContent(task: SubmittedTask, { type }: ResolvedOutput, path: string): FakeContent {
  if (type === 'json') return {};
  return `${path} of ${task.name}${task.index === undefined ? '' : `, item ${task.index}`}\n`;
}

/** A path that fits a pattern: `poses/*.pdbqt` → `poses/1.pdbqt`. */
function toExamplePath(pattern: string, matches: (path: string) => boolean): string | undefined {
  const path = pattern
    .replaceAll('**/', '')
    .replaceAll('**', '1')
    .replaceAll(/[*?]/g, '1')
    .replaceAll(/\[(.)[^\]]*\]/g, '$1');
  return matches(path) ? path : undefined;
}
