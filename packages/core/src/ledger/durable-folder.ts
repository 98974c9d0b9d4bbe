import { dirname } from 'node:path';
import { hasCode } from './ledger-files.ts';

/** The single steps of making a folder. */
export interface FolderSteps {
  isThere(path: string): Promise<boolean>;
  /** No error when somebody else made it at the same time. */
  make(path: string): Promise<void>;
  sync(path: string): Promise<void>;
  /** Folders this process knows to be durable; grows. */
  readonly durable: Set<string>;
}

/**
 * Makes a folder and those above it that are not there, durably, from the top. Not `mkdir`'s own `recursive`, which tries for
 * ever where a folder is there and takes no entries (`/proc`).
 */
export async function makeDurableFolder(path: string, { isThere, make, sync, durable }: FolderSteps): Promise<void> {
  const missing: string[] = [];
  let there = path;
  for (; !(await isThere(there)); there = dirname(there)) missing.unshift(there);
  if (!durable.has(there)) {
    // Who made it may have died before its name was durable. Those above it are: each was, before the next was made.
    await sync(dirname(there)).catch((error: unknown) => {
      // Nobody of ours makes folders where none may be listed.
      if (!hasCode(error, 'EACCES', 'EPERM')) throw error;
    });
    durable.add(there);
  }
  for (const folder of missing) {
    await make(folder);
    await sync(dirname(folder));
    durable.add(folder);
  }
}
