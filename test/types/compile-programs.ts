import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const HERE = import.meta.dirname;

/** Who reads our types: a strict project with today's compiler, or a notebook's cell. */
export const READERS = {
  'a strict project': { compiler: 'typescript', config: 'tsconfig.json' },
  'a notebook': { compiler: 'typescript-5.0', config: 'tsconfig.notebook.json' },
} as const;

export type Reader = keyof typeof READERS;

/** The programs users write, relative to this folder. A line marked `@ts-expect-error` must not compile. */
export function programs(): readonly string[] {
  return globSync('programs/*.ts', { cwd: HERE }).sort();
}

/** The compiler's messages about all programs together, one line each; none when they compile as they should. */
export function compilePrograms(reader: Reader): readonly string[] {
  const { compiler, config } = READERS[reader];
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), 'bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', join(HERE, config), '--pretty', 'false'], {
    cwd: HERE,
    encoding: 'utf8',
  });
  const messages = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  if (status !== 0 && messages.length === 0) throw new Error(`${compiler} ended with ${status} and said nothing`);
  return messages;
}
