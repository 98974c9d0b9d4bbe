import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PackageManifest } from '../workspace/package-manifest.ts';
import { isTestFile, sourceFiles } from '../workspace/source-files.ts';
import { type WorkspacePackage, workspacePackages } from '../workspace/workspace-package.ts';
import { manifestViolations, type PackageImport, packageImportViolation } from './package-imports.ts';
import { parseModule } from './parse-module.ts';

const aPackage = (manifest: PackageManifest, path = `packages/${manifest.name}`): WorkspacePackage => ({
  folder: `/${path}`,
  path,
  tags: ['a-tag'],
  manifest,
});
const core = aPackage({ name: '@scijob/core', dependencies: { valibot: '1' }, exports: { '.': '', './adapter': '' } });
const local = aPackage({
  name: '@scijob/local',
  dependencies: { '@scijob/core': 'workspace:^' },
  devDependencies: { vitest: '5' },
  exports: { '.': '' },
});
const example = aPackage({ name: '@scijob/example', private: true }, 'examples/one');
const workspace = [core, local, example];
const importing = (specifier: string, inTest = false): PackageImport => ({ from: 'src/a.ts', inTest, specifier });

describe('an import of a package', () => {
  it.each([
    ['names the main entry of a dependency', local, importing('@scijob/core')],
    ['names another public entry', local, importing('@scijob/core/adapter')],
    ['uses a development dependency in a test', local, importing('vitest', true)],
    ['uses a library that is installed with the package', core, importing('valibot')],
    ['stands in an example', example, importing('@scijob/local')],
  ])('passes when it %s', (_what, owner, good) => {
    expect(packageImportViolation(owner, good, workspace)).toBeUndefined();
  });

  it.each([
    ['reaches into another package', local, importing('@scijob/core/dist/index.js')],
    ['reaches in from an example', example, importing('@scijob/core/dist/index.js')],
    ['reaches in from a test', local, importing('@scijob/core/src/index.ts', true)],
    ['ships a use of a development dependency', local, importing('vitest')],
    ['uses what its manifest does not name', core, importing('pino')],
    ['makes core need AWS', core, importing('@aws-sdk/client-batch')],
  ])('fails when it %s', (_what, owner, bad) => {
    expect(packageImportViolation(owner, bad, workspace)).toEqual(expect.any(String));
  });

  it('stays inside public entries and shipped dependencies everywhere in this repository', () => {
    const packages = workspacePackages();

    const violations = packages.flatMap((owner) =>
      sourceFiles(owner).flatMap((file) =>
        parseModule(file, readFileSync(join(owner.folder, file), 'utf8'))
          .imports.filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))
          .flatMap(({ specifier, line }) => {
            const violation = packageImportViolation(
              owner,
              { from: file, inTest: isTestFile(file), specifier },
              packages,
            );
            return violation === undefined ? [] : [`${owner.path}/${file}:${line}: ${violation}`];
          }),
      ),
    );

    expect(packages.length).toBeGreaterThan(2);
    expect(violations).toEqual([]);
  });

  it('never walks out of its package by a relative path', () => {
    const escapes = workspacePackages().flatMap((owner) =>
      sourceFiles(owner).flatMap((file) =>
        parseModule(file, readFileSync(join(owner.folder, file), 'utf8'))
          .imports.filter(({ specifier }) => specifier.startsWith('.') && join(file, '..', specifier).startsWith('..'))
          .map(({ specifier, line }) => `${owner.path}/${file}:${line}: ${specifier}`),
      ),
    );

    expect(escapes).toEqual([]);
  });
});

describe('the dependencies of a manifest', () => {
  it.each([
    ['an adapter that needs core', local],
    ['core with a library', core],
    ['an example that needs nothing', example],
    ['an adapter tested with the fake', withDev(local, '@scijob/testing')],
  ])('pass: %s', (_what, good) => {
    expect(manifestViolations(good, workspace)).toEqual([]);
  });

  it.each([
    ['core that needs an adapter', aPackage({ ...core.manifest, dependencies: { '@scijob/local': 'workspace:^' } })],
    ['core that needs an adapter for its tests', withDev(core, '@scijob/local')],
    ['core that needs the fake for its tests: a cycle', withDev(core, '@scijob/testing')],
    ['core that needs AWS', aPackage({ ...core.manifest, dependencies: { '@aws-sdk/client-batch': '3' } })],
    ['core that needs SSH for its tests', withDev(core, 'node-ssh')],
    ['an adapter that ships the fake', aPackage({ ...local.manifest, dependencies: { '@scijob/testing': '0' } })],
    ['a package without a row in the table', aPackage({ name: '@scijob/new' })],
    ['a package without a tag', { ...local, tags: [] }],
    ['a package with two tags', { ...local, tags: ['a', 'b'] }],
  ])('fail: %s', (_what, bad) => {
    expect(manifestViolations(bad, workspace)).not.toEqual([]);
  });

  it('keep the import table in every package of this repository', () => {
    const packages = workspacePackages();
    expect(packages.flatMap((owner) => manifestViolations(owner, packages))).toEqual([]);
  });
});

function withDev(owner: WorkspacePackage, name: string): WorkspacePackage {
  return { ...owner, manifest: { ...owner.manifest, devDependencies: { [name]: '1' } } };
}
