import type { WorkspacePackage } from '../workspace/workspace-package.ts';
import { MAY_IMPORT, NOT_FOR_CORE, ONLY_FOR_TESTS } from './import-table.ts';

/** One import that leaves the file's package. */
export interface PackageImport {
  /** Relative to the package's folder. */
  readonly from: string;
  readonly inTest: boolean;
  readonly specifier: string;
}

/** `@scijob/core/adapter` → `@scijob/core`; `valibot/x` → `valibot`. */
function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** What is wrong with one import of a package by a package of the workspace, or `undefined`. */
export function packageImportViolation(
  owner: WorkspacePackage,
  { from, inTest, specifier }: PackageImport,
  workspace: readonly WorkspacePackage[],
): string | undefined {
  const { manifest } = owner;
  const name = packageNameOf(specifier);
  const target = workspace.find((candidate) => candidate.manifest.name === name);
  const subpath = specifier === name ? '.' : `.${specifier.slice(name.length)}`;
  const what = `${from} imports ${specifier}`;
  if (target && manifest.name !== name && !(subpath in (target.manifest.exports ?? {})))
    return `${what}: not in the exports of ${name}`;
  const isPublished = manifest.name in MAY_IMPORT;
  if (!isPublished || inTest) return undefined;
  const shipped = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (name !== manifest.name && !(name in shipped))
    return `${what}: not a dependency that is installed with ${manifest.name}`;
  if (manifest.name === '@scijob/core' && NOT_FOR_CORE.test(name)) return `${what}: belongs to an adapter`;
  return undefined;
}

/** What is wrong with the dependencies a manifest declares. */
export function manifestViolations(
  { manifest, path, tags }: WorkspacePackage,
  workspace: readonly WorkspacePackage[],
): readonly string[] {
  const allowed = MAY_IMPORT[manifest.name];
  const isOurs = (name: string) =>
    workspace.some((candidate) => candidate.manifest.name === name) || name.startsWith('@scijob/');
  const named = (field: Readonly<Record<string, string>> | undefined) => Object.keys(field ?? {});
  const shipped = [
    ...named(manifest.dependencies),
    ...named(manifest.peerDependencies),
    ...named(manifest.optionalDependencies),
  ];
  const violations: string[] = [];
  if (tags.length !== 1) violations.push(`${path}/turbo.json: one tag expected, found ${tags.length}`);
  if (path.startsWith('packages/') && !allowed)
    violations.push(`${path}: ${manifest.name} has no row in import-table.ts`);
  if (allowed) {
    for (const name of shipped)
      if (isOurs(name) && !allowed.includes(name))
        violations.push(`${path}: ${manifest.name} may not depend on ${name}`);
    const forTests = manifest.name === '@scijob/core' ? allowed : [...allowed, ...ONLY_FOR_TESTS];
    for (const name of named(manifest.devDependencies))
      if (isOurs(name) && !forTests.includes(name))
        violations.push(`${path}: ${manifest.name} may not depend on ${name}, not even for its tests`);
  }
  if (manifest.name === '@scijob/core')
    for (const name of [...shipped, ...named(manifest.devDependencies)])
      if (NOT_FOR_CORE.test(name)) violations.push(`${path}: ${name} belongs to an adapter`);
  return violations;
}
