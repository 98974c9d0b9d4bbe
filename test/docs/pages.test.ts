import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../workspace/repository.ts';
import { compilePages } from './compile-pages.ts';

const paths = globSync(['README.md', 'docs/**/*.md', 'examples/**/*.md', 'packages/*/README.md'], {
  cwd: REPOSITORY,
  exclude: (path) => path.includes('node_modules'),
}).sort();
const pages = paths.map((path) => ({ path, text: readFileSync(join(REPOSITORY, path), 'utf8') }));

describe('every TypeScript block compiles', () => {
  const problems = compilePages(pages, 'pages');

  it.each(paths)('in %s', (path) => {
    expect(problems.get(path)).toEqual([]);
  });
});

describe('the check of the pages', () => {
  const page = (text: string) => compilePages([{ path: 'docs/wrong.md', text }], 'wrong').get('docs/wrong.md');

  it('finds a mistake, and says where it stands', () => {
    expect(page("# Wrong\n\n```ts\nimport { file } from '@scijob/core';\n\nfile(1);\n```\n")).toEqual([
      expect.stringContaining('docs/wrong.md:6: error TS'),
    ]);
  });

  it('finds a name that a package does not export, and a package that there is not', () => {
    expect(
      page("```ts\nimport { flie } from '@scijob/core';\nimport 'scijob';\nimport a from 'scijob';\n```\n"),
    ).toEqual([
      expect.stringContaining('wrong.md:2: error TS'),
      expect.stringContaining('wrong.md:3: error TS'),
      expect.stringContaining('wrong.md:4: error TS'),
    ]);
  });

  it('does not let one block see the names of another, unless it continues it', () => {
    const first = '```ts\nconst where = 1;\n```\n';
    expect(page(`${first}\`\`\`ts continue\nvoid where;\n\`\`\`\n`)).toEqual([]);
    expect(page(`${first}\`\`\`ts\nvoid where;\n\`\`\`\n`)).toEqual([expect.stringContaining('wrong.md:5: error TS')]);
  });
});
