import { describe, expect, it } from 'vitest';
import { parseModule } from './parse-module.ts';

describe('parseModule', () => {
  it.each([
    ["import { a } from 'x';", false],
    ["import 'x';", false],
    ["import type { A } from 'x';", true],
    ["import { type A, type B } from 'x';", true],
    ["import { type A, b } from 'x';", false],
    ["export { a } from 'x';", false],
    ["export type { A } from 'x';", true],
    ["export { type A } from 'x';", true],
    ["const x = await import('x');", false],
    ["type A = import('x').A;", true],
    ["import x = require('x');", false],
    ["const x = require('x');", false],
  ])('sees the module named by: %s', (source, typeOnly) => {
    expect(parseModule('a.ts', source).imports).toEqual([{ specifier: 'x', typeOnly, line: 1 }]);
  });

  it('is not fooled by text that looks like an import', () => {
    expect(parseModule('a.ts', 'const text = `import "x"`; // import "y"').imports).toEqual([]);
  });

  it.each([
    ["export * from 'x';", 'export *'],
    ["export * as all from 'x';", 'export *'],
    ['export default 1;', 'default export'],
    ['const a = 1; export { a as default };', 'default export'],
    ['enum Colour { Red }', 'enum'],
    ['const enum Colour { Red }', 'enum'],
    ['function f(a: readonly any[]): void {}', 'any'],
    ['await import(name);', 'computed import'],
  ])('reports what the house does not write: %s', (source, oddity) => {
    expect(parseModule('a.ts', `\n${source}`).oddities).toEqual([{ oddity, line: 2 }]);
  });

  it('takes neither the word any in a name nor in a string for the type', () => {
    expect(parseModule('a.ts', "const any = 'any'; void any;").oddities).toEqual([]);
  });

  it('refuses a file it cannot parse rather than finding nothing in it', () => {
    expect(() => parseModule('a.ts', 'import {')).toThrow(SyntaxError);
  });
});
