import { join } from 'node:path';
import type { WorkspacePackage } from './workspace-package.ts';

/** One thing users may import: a line of `exports` that has types. */
export interface EntryPoint {
  readonly package: WorkspacePackage;
  /** As written in an import: `@scijob/core/adapter`. */
  readonly specifier: string;
  /** `index` for the package itself, else the subpath: `adapter`. */
  readonly name: string;
  /** Absolute path of the built declarations. */
  readonly declarations: string;
}

export function entryPoints(owner: WorkspacePackage): readonly EntryPoint[] {
  return Object.entries(owner.manifest.exports ?? {}).flatMap(([subpath, target]) => {
    if (typeof target === 'string' || target['types'] === undefined) return [];
    const name = subpath === '.' ? 'index' : subpath.slice('./'.length);
    const specifier = subpath === '.' ? owner.manifest.name : `${owner.manifest.name}/${name}`;
    return [{ package: owner, specifier, name, declarations: join(owner.folder, target['types']) }];
  });
}
