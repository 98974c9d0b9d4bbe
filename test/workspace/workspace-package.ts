import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { PackageManifest } from './package-manifest.ts';
import { REPOSITORY } from './repository.ts';

export interface WorkspacePackage {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the repository, with `/`: `packages/core`. */
  readonly path: string;
  readonly manifest: PackageManifest;
  /** What `turbo boundaries` knows it by. */
  readonly tags: readonly string[];
}

/** Every package that `pnpm-workspace.yaml` names, in alphabetical order of folders. */
export function workspacePackages(): readonly WorkspacePackage[] {
  const { packages } = parseYaml(readFileSync(join(REPOSITORY, 'pnpm-workspace.yaml'), 'utf8')) as {
    readonly packages: readonly string[];
  };
  return globSync(
    packages.map((pattern) => `${pattern}/package.json`),
    { cwd: REPOSITORY },
  )
    .map((file) => dirname(file))
    .sort()
    .map(readPackage);
}

/** The packages users install: everything under `packages/` that is not private. */
export function publishedPackages(): readonly WorkspacePackage[] {
  return workspacePackages().filter(({ path, manifest }) => path.startsWith('packages/') && manifest.private !== true);
}

function readPackage(path: string): WorkspacePackage {
  const folder = join(REPOSITORY, path);
  const turboFile = join(folder, 'turbo.json');
  const turbo = existsSync(turboFile) ? (readJson(turboFile) as { readonly tags?: readonly string[] }) : {};
  return {
    folder,
    path,
    manifest: readJson(join(folder, 'package.json')) as PackageManifest,
    tags: turbo.tags ?? [],
  };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
