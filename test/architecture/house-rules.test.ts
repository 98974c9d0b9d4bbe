import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTestFile, sourceFiles } from '../workspace/source-files.ts';
import { workspacePackages } from '../workspace/workspace-package.ts';
import { type Oddity, parseModule } from './parse-module.ts';

const SMELL_LINES = 250;
const MOST_LINES = 400;
/** A drawer for things that found no name. */
const DRAWERS = /^(utils?|helpers?|misc|common)\.ts$/;
const EXCUSED_ANY = /biome-ignore lint\/suspicious\/noExplicitAny: \S.{15,}/;
/** Type sketches kept as they were agreed. */
const NOT_HELD_TO_THEM = /^test\/types\/(programs\/|adapters\.ts$)/;

const modules = workspacePackages()
  .flatMap((owner) => sourceFiles(owner).map((file) => ({ owner, file, path: `${owner.path}/${file}` })))
  .filter(({ path }) => !NOT_HELD_TO_THEM.test(path))
  .map(({ owner, file, path }) => {
    const source = readFileSync(join(owner.folder, file), 'utf8');
    return { path, file, lines: source.split('\n'), ...parseModule(path, source) };
  });

describe('every source file of this repository', () => {
  it.each<Oddity>(['export *', 'enum'])('has no %s', (oddity) => {
    expect(placesOf(oddity, modules)).toEqual([]);
  });

  it('has no any, but where the line above says why nothing else will do', () => {
    const unexplained = modules.map((module) => ({
      ...module,
      oddities: module.oddities.filter(({ line }) => !EXCUSED_ANY.test(module.lines[line - 2] ?? '')),
    }));
    expect(placesOf('any', unexplained)).toEqual([]);
  });

  it('has no default export, but for the configuration files whose tools ask for one', () => {
    const own = modules.filter(({ file }) => !file.endsWith('.config.ts'));
    expect(placesOf('default export', own)).toEqual([]);
  });

  it('names what it imports, so that these tests can see it', () => {
    const shipped = modules.filter(({ path, file }) => path.startsWith('packages/') && !isTestFile(file));
    expect(placesOf('computed import', shipped)).toEqual([]);
  });

  it('is called after its main export', () => {
    expect(modules.map(({ path }) => path).filter((path) => DRAWERS.test(basename(path)))).toEqual([]);
  });

  it(`stays below ${MOST_LINES} lines, and is listed above ${SMELL_LINES}`, ({ annotate }) => {
    const long = modules.filter(({ file, lineCount }) => !isTestFile(file) && lineCount > SMELL_LINES);
    for (const { path, lineCount } of long) annotate(`${path} has ${lineCount} lines: more than one idea?`, 'warning');
    expect(long.filter(({ lineCount }) => lineCount > MOST_LINES).map(({ path }) => path)).toEqual([]);
  });

  it('was looked at', () => {
    expect(modules.map(({ path }) => path)).toContain('packages/core/src/index.ts');
  });
});

function placesOf(wanted: Oddity, among: typeof modules): readonly string[] {
  return among.flatMap(({ path, oddities }) =>
    oddities.filter(({ oddity }) => oddity === wanted).map(({ line }) => `${path}:${line}`),
  );
}
