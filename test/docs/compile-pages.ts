import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { codeBlocks, programText } from './code-block.ts';

const require = createRequire(import.meta.url);
/** Not kept in git. Beside this package's dependencies, so that the programs find the built packages as a user's would. */
const OUT = join(import.meta.dirname, 'out');

export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** What is wrong on each page, as `page:line: message`; an empty list for a page that is right. One compiler for all of them. */
export function compilePages(pages: readonly Page[], run: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(OUT, run);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const problems = new Map<string, string[]>(pages.map(({ path }) => [path, []]));
  const pageOfFile = new Map<string, string>();
  for (const { path, text } of pages) {
    const blocks = codeBlocks(text);
    for (const problem of blocks.problems) problems.get(path)?.push(`${path}: ${problem}`);
    blocks.programs.forEach((program, index) => {
      const file = `${path.replaceAll('/', '__')}.${index + 1}.ts`;
      pageOfFile.set(file, path);
      writeFileSync(join(folder, file), programText(program));
    });
  }
  if (pageOfFile.size === 0) return problems;
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const unplaced: string[] = [];
  for (const line of `${stdout}${stderr}`.split('\n').filter((text) => text !== '')) {
    const message = /^(?<file>[^(]+)\((?<line>\d+),\d+\): (?<text>.*)$/.exec(line)?.groups;
    const path = pageOfFile.get(relative(folder, join(folder, message?.['file'] ?? '')));
    if (path !== undefined) problems.get(path)?.push(`${path}:${message?.['line']}: ${message?.['text']}`);
    // Lines that go on explaining the error before them.
    else if (!line.startsWith(' ')) unplaced.push(line);
  }
  const wasExplained = [...problems.values()].some((list) => list.length > 0);
  if (unplaced.length > 0 || (status !== 0 && !wasExplained))
    throw new Error(`the compiler failed (${status}): ${unplaced.join('\n')}`);
  return problems;
}

/** As a reader's own strict project would have it. Unused names are no mistake in an example. */
const COMPILER = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
};
