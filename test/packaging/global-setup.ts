import type { TestProject } from 'vitest/node';
import { type PackedPackages, packAndInstall } from './packed-packages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly packed: PackedPackages;
  }
}

/** One pack and one install for all packaging tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { folder, packages, remove } = await packAndInstall();
  project.provide('packed', { folder, packages });
  return remove;
}
