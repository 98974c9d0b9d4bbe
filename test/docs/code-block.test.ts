import { describe, expect, it } from 'vitest';
import { codeBlocks, programText } from './code-block.ts';

const page = (...lines: readonly string[]) => lines.join('\n');

describe('the code blocks of a page', () => {
  it('are those marked ts or typescript, and no others', () => {
    const { programs, problems } = codeBlocks(
      page('# A', '```ts', 'a;', '```', '```sh', 'npm test', '```', '```', '```', '~~~typescript', 'b;', 'c;', '~~~'),
    );
    expect(programs).toEqual([[{ line: 3, code: 'a;' }], [{ line: 11, code: 'b;\nc;' }]]);
    expect(problems).toEqual([]);
  });

  it('are programs of their own, unless they continue the one before', () => {
    const { programs } = codeBlocks(page('```ts', 'a;', '```', '```ts continue', 'b;', '```', '```ts', 'c;', '```'));
    expect(programs.map((program) => program.map(({ code }) => code))).toEqual([['a;', 'b;'], ['c;']]);
  });

  it('are found inside longer fences only once, and inside quotations without their marks', () => {
    expect(codeBlocks(page('````md', '```ts', 'a;', '```', '````')).programs).toEqual([]);
    expect(codeBlocks(page('> ```ts', '> a;', '> ```')).programs).toEqual([[{ line: 2, code: 'a;' }]]);
  });

  it('may be left out for a reason that is given', () => {
    const { programs, problems } = codeBlocks(page('```ts no-check a sketch of what comes', 'a b c', '```'));
    expect(programs).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['```ts no-check', 'line 1: no-check owes a reason after it'],
    ['```ts continue', 'line 1: nothing to continue'],
    ['```ts nocheck', 'line 1: unknown mark nocheck'],
  ])('are refused when marked %s', (fence, problem) => {
    expect(codeBlocks(page(fence, 'a;', '```')).problems).toEqual([problem]);
  });

  it('are refused when they never end', () => {
    expect(codeBlocks(page('```ts', 'a;')).problems).toEqual(['line 1: this block never ends']);
  });

  it('keep the line numbers of their page', () => {
    const text = programText([
      { line: 3, code: 'a;' },
      { line: 6, code: 'b;\nc;' },
    ]);
    expect(text.split('\n').map((line, index) => `${index + 1} ${line}`)).toEqual(
      expect.arrayContaining(['3 a;', '6 b;', '7 c;']),
    );
  });
});
