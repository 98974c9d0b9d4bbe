import { globSync } from 'node:fs';
import type { WorkspacePackage } from './workspace-package.ts';
import { workspacePackages } from './workspace-package.ts';

const NOT_OURS = /(^|\/)(node_modules|dist|coverage|out|\.turbo)(\/|$)/;

/** TypeScript files of a package, relative to its folder, without those of a package inside it (`test/bench` in `test`). */
export function sourceFiles(owner: WorkspacePackage): readonly string[] {
  const inside = workspacePackages()
    .filter(({ path }) => path.startsWith(`${owner.path}/`))
    .map(({ path }) => path.slice(owner.path.length + 1));
  return globSync('**/*.{ts,mts,cts,tsx}', {
    cwd: owner.folder,
    exclude: (file) => NOT_OURS.test(file) || inside.includes(file),
  })
    .filter((file) => !file.endsWith('.d.ts'))
    .sort();
}

/** Files that are never shipped: they may use development dependencies and look into any layer. */
export function isTestFile(file: string): boolean {
  return /\.(test|test-d|fixture)\.ts$/.test(file) || /(^|\/)(vitest|rolldown)\.config\.ts$/.test(file);
}
