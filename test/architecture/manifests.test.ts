import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryPoints } from '../workspace/entry-point.ts';
import { REPOSITORY } from '../workspace/repository.ts';
import { publishedPackages } from '../workspace/workspace-package.ts';

const packages = publishedPackages();

describe.each(packages.map((owner) => ({ ...owner, name: owner.manifest.name })))('the manifest of $name', (owner) => {
  const { manifest } = owner;

  it('says what every package of ours says', () => {
    expect(manifest).toMatchObject({
      name: `@scijob/${owner.path.slice('packages/'.length)}`,
      version: packages[0]?.manifest.version,
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.12' },
    });
    expect(manifest).toHaveProperty('description', expect.stringMatching(/\S{3}/));
  });

  it('offers its types beside its code under the condition that import and require share', () => {
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      if (!subpath.endsWith('.json') && typeof target !== 'string')
        expect(Object.keys(target), subpath).toEqual(['types', 'default']);
    }
    expect(manifest.exports).toMatchObject({
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    });
  });

  it('names its main entry once more for notebooks, which do not read exports', () => {
    expect(manifest).toMatchObject({ main: './dist/index.js', types: './dist/index.d.ts' });
  });

  it('names its subpaths once more in typesVersions, and nothing else there', () => {
    const subpaths = entryPoints(owner).filter(({ name }) => name !== 'index');
    const expected = Object.fromEntries(subpaths.map(({ name }) => [name, [`./dist/${name}.d.ts`]]));
    expect(manifest.typesVersions ?? { '*': {} }).toEqual({ '*': expected });
  });

  it('points only at what was built', () => {
    const targets = Object.values(manifest.exports ?? {}).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(targets.filter((target) => !existsSync(join(owner.folder, target)))).toEqual([]);
  });
});

describe('releases', () => {
  it('move all packages together', () => {
    const config = JSON.parse(readFileSync(join(REPOSITORY, '.changeset/config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({ fixed: [['@scijob/*']], access: 'public', baseBranch: 'main' });
  });
});
