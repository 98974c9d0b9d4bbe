import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';
import { runNode } from './run-node.ts';

const { folder, packages } = inject('packed');
const require = createRequire(import.meta.url);

describe.each(packages)('the tarball of $name', ({ name, tarball, files }) => {
  const installed = join(folder, 'node_modules', name);

  it('has its licence, its manifest and its main entry', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'package.json', 'dist/index.js', 'dist/index.d.ts']));
  });

  it('has nothing but these, the sources and what was built from them', () => {
    const sources = new Set(files.filter((file) => file.startsWith('src/')));
    const unexplained = files.filter((file) => {
      if (/^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(file) || /^schema\/[\w.-]+\.json$/.test(file))
        return false;
      if (file.startsWith('src/')) return !file.endsWith('.ts') && !file.endsWith('.sh');
      // What the entries of a bundled package share.
      if (/^dist\/shared\/[\w-]+\.js(\.map)?$/.test(file)) return false;
      // Left-overs of a renamed source count too: remove dist and .tsbuildinfo, and build again.
      const built = /^dist\/(.+?)(\.js|\.d\.ts)(\.map)?$/.exec(file);
      return !built || !sources.has(`src/${built[1]}.ts`);
    });
    expect(unexplained).toEqual([]);
  });

  it('has no tests', () => {
    expect(files.filter((file) => /\.(test|test-d|fixture|bench)\./.test(file))).toEqual([]);
  });

  it('has the source for every source map', () => {
    const maps = files.filter((file) => file.endsWith('.map'));
    const dangling = maps.flatMap((map) => {
      const { sources } = JSON.parse(readFileSync(join(installed, map), 'utf8')) as { sources: readonly string[] };
      return sources.filter((source) => !files.includes(posix.join(dirname(map), source)));
    });
    expect(maps).not.toEqual([]);
    expect(dangling).toEqual([]);
  });

  it('names no workspace and no catalog in its manifest', () => {
    expect(readFileSync(join(installed, 'package.json'), 'utf8')).not.toMatch(/"(workspace|catalog|link|file):/);
  });

  it('satisfies publint', async () => {
    const bytes = readFileSync(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that every kind of module resolution finds', () => {
    const attw = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js');
    const { status, output } = runNode([attw, tarball, '--ignore-rules', 'cjs-resolves-to-esm', '--no-emoji'], {
      cwd: folder,
    });
    expect(status, output).toBe(0);
  });
});
