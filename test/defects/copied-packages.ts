import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../workspace/repository.ts';

const PACKAGES = ['core', 'local'] as const;
const LEFT_OUT = new Set(['node_modules', 'dist', '.turbo', '.tsbuildinfo']);

/** A throw-away copy of the packages whose tests run from source: nothing that is done there shows in the working tree. */
export class CopiedPackages {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'scijob-defects-')));

  constructor() {
    cpSync(join(REPOSITORY, 'tsconfig.base.json'), join(this.folder, 'tsconfig.base.json'));
    for (const name of PACKAGES) {
      const [from, to] = [join(REPOSITORY, 'packages', name), this.path(name)];
      cpSync(from, to, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
      // A folder of its own, so that what tools keep there stays here.
      mkdirSync(join(to, 'node_modules'));
      for (const entry of readdirSync(join(from, 'node_modules'))) {
        if (entry.startsWith('.')) continue;
        symlinkSync(join(from, 'node_modules', entry), join(to, 'node_modules', entry));
      }
    }
  }

  /** Of a file or folder below `packages/`. */
  path(below: string): string {
    return join(this.folder, 'packages', below);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
