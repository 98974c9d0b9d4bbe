import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../workspace/repository.ts';
import { workspacePackages } from '../workspace/workspace-package.ts';
import { MAY_IMPORT } from './import-table.ts';

interface TagRule {
  readonly dependencies?: { readonly allow?: readonly string[] };
  readonly dependents?: { readonly allow?: readonly string[] };
}

const { boundaries } = JSON.parse(readFileSync(join(REPOSITORY, 'turbo.json'), 'utf8')) as {
  readonly boundaries: { readonly tags: Readonly<Record<string, TagRule>> };
};
const packages = workspacePackages();
const tagOf = (name: string) => packages.find(({ manifest }) => manifest.name === name)?.tags[0];

// `turbo boundaries` passes a package without a tag and a tag without a rule: nothing would then be checked.
describe('the tags of turbo boundaries', () => {
  it('have a rule for every package', () => {
    const withoutRule = packages.filter(({ tags }) => !tags.some((tag) => tag in boundaries.tags));
    expect(withoutRule.map(({ path }) => path)).toEqual([]);
  });

  it('are never called like a package, which turbo would mistake them for', () => {
    const names = packages.map(({ manifest }) => manifest.name);
    expect(Object.keys(boundaries.tags).filter((tag) => names.includes(tag))).toEqual([]);
  });

  it.each(Object.entries(MAY_IMPORT))('allow %s what the import table allows', (name, allowed) => {
    const rule = boundaries.tags[tagOf(name) ?? ''];
    expect(new Set(rule?.dependencies?.allow)).toEqual(new Set(allowed.map(tagOf)));
  });

  it.each(packages.filter(({ manifest }) => !(manifest.name in MAY_IMPORT)).map(({ manifest }) => manifest.name))(
    'let nobody depend on %s, and it on published packages only',
    (name) => {
      const rule = boundaries.tags[tagOf(name) ?? ''];
      expect(rule?.dependents?.allow).toEqual([]);
      expect(new Set(rule?.dependencies?.allow)).toEqual(new Set(Object.keys(MAY_IMPORT).map(tagOf)));
    },
  );
});
