import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../workspace/repository.ts';
import { publishedPackages } from '../workspace/workspace-package.ts';

const run = promisify(execFile);

export interface PackedPackage {
  readonly name: string;
  /** Absolute path of the `.tgz`. */
  readonly tarball: string;
  /** Paths inside it, without the leading `package/`. */
  readonly files: readonly string[];
}

export interface PackedPackages {
  /** A folder with a `node_modules` made from the tarballs, the way a user's would be. */
  readonly folder: string;
  readonly packages: readonly PackedPackage[];
}

/** Packs every published package as a release would, and installs the tarballs together. Third-party packages come from the registry. */
export async function packAndInstall(): Promise<PackedPackages & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'scijob-packed-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    return { folder, packages: await packInto(folder), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function packInto(folder: string): Promise<readonly PackedPackage[]> {
  const packages: PackedPackage[] = [];
  for (const owner of publishedPackages()) {
    const { stdout } = await run(
      join(REPOSITORY, 'node_modules/.bin/pnpm'),
      ['pack', '--json', '--pack-destination', folder],
      { cwd: owner.folder },
    );
    const packed = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      readonly filename: string;
      readonly files: readonly { readonly path: string }[];
    };
    packages.push({
      name: owner.manifest.name,
      tarball: packed.filename,
      files: packed.files.map(({ path }) => path).sort(),
    });
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  await run(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', ...quiet, ...packages.map(({ tarball }) => tarball)],
    // npm runs on our Node here, which by itself trusts fewer registries than the machine does.
    { cwd: folder, timeout: 120_000, env: { ...process.env, NODE_USE_SYSTEM_CA: '1' } },
  );
  return packages;
}
