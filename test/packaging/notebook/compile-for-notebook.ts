import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type NodeRun, runNode } from '../run-node.ts';

const require = createRequire(import.meta.url);

export interface NotebookCompilation {
  /** Checks the declaration files themselves too. The kernel does not. */
  readonly skipLibCheck: boolean;
  /** The types of Node the kernel brings along, or those of a notebook's own folder. */
  readonly nodeTypes: 'kernel' | 'folder';
}

/** Compiles as the notebook kernel does: TypeScript 5.0.4, Node10 resolution, nothing strict. */
export function compileForNotebook(files: readonly string[], folder: string, options: NotebookCompilation): NodeRun {
  return runNode(
    [
      require.resolve('typescript-5.0/bin/tsc'),
      '--noEmit',
      ...['--target', 'es2022', '--lib', 'es2022', '--module', 'esnext', '--moduleResolution', 'node'],
      ...['--esModuleInterop', '--strict', 'false', '--skipLibCheck', String(options.skipLibCheck)],
      ...['--typeRoots', typeRoot(options.nodeTypes, folder), '--types', 'node'],
      ...files,
    ],
    { cwd: folder },
  );
}

function typeRoot(nodeTypes: NotebookCompilation['nodeTypes'], folder: string): string {
  const root = join(folder, `types-${nodeTypes}`);
  const name = nodeTypes === 'kernel' ? 'types-node-18' : '@types/node';
  mkdirSync(root, { recursive: true });
  if (!existsSync(join(root, 'node')))
    symlinkSync(dirname(require.resolve(`${name}/package.json`)), join(root, 'node'));
  return root;
}
