import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { entryPoints } from '../../workspace/entry-point.ts';
import { publishedPackages } from '../../workspace/workspace-package.ts';
import { compileForNotebook, type NotebookCompilation } from './compile-for-notebook.ts';
import { declaredNames } from './declared-names.ts';
import { notebookConsumer } from './notebook-consumer.ts';

const { folder } = inject('packed');
const entries = publishedPackages().flatMap(entryPoints);

async function consumers(): Promise<readonly string[]> {
  mkdirSync(join(folder, 'notebook'), { recursive: true });
  return Promise.all(
    entries.map(async ({ specifier, declarations }, index) => {
      const module = (await import(specifier)) as Readonly<Record<string, unknown>>;
      const names = declaredNames(readFileSync(declarations, 'utf8'), (name) => name in module);
      const file = join(folder, 'notebook', `cell-${index}.ts`);
      writeFileSync(file, notebookConsumer(specifier, names));
      return file;
    }),
  );
}

describe('the types of every entry, read by TypeScript 5.0.4 the way a notebook reads them,', () => {
  it.each<NotebookCompilation>([
    { skipLibCheck: true, nodeTypes: 'kernel' },
    { skipLibCheck: false, nodeTypes: 'kernel' },
    // Without skipLibCheck the newer types of Node do not compile there by themselves.
    { skipLibCheck: true, nodeTypes: 'folder' },
  ])('compile (skipLibCheck $skipLibCheck, types of Node from the $nodeTypes)', async (options) => {
    const { status, output } = compileForNotebook(await consumers(), folder, options);
    expect(output).toBe('');
    expect(status).toBe(0);
  });

  it('do not hide a name or an entry that is not there, nor a value whose type was lost', () => {
    const lost = join(folder, 'node_modules/lost');
    mkdirSync(lost, { recursive: true });
    writeFileSync(join(lost, 'index.d.ts'), 'export declare const lost: any;');
    const programs = [
      "import { nothing } from '@scijob/core'; void nothing;",
      "import { something } from '@scijob/core/nothing'; void something;",
      notebookConsumer('lost', { values: ['lost'], types: [] }),
    ];
    const files = programs.map((program, index) => {
      const file = join(folder, `wrong-${index}.ts`);
      writeFileSync(file, program);
      return file;
    });

    const { status, output } = compileForNotebook(files, folder, { skipLibCheck: true, nodeTypes: 'kernel' });

    expect(output.split('\n').map((line) => /^(\S+?)\(.*error (TS\d+)/.exec(line)?.slice(1))).toEqual([
      ['wrong-0.ts', 'TS2305'],
      ['wrong-1.ts', 'TS2307'],
      ['wrong-2.ts', 'TS2322'],
      undefined,
    ]);
    expect(status).not.toBe(0);
  });
});
