import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePrograms, programs, READERS, type Reader } from './compile-programs.ts';

describe.each(Object.keys(READERS) as Reader[])('as %s reads them', (reader) => {
  const messages = compilePrograms(reader);

  it.each(programs())('%s compiles, but for the lines that must not', (program) => {
    expect(messages.filter((message) => message.startsWith(`${program}(`))).toEqual([]);
  });

  it('the packages and stand-ins behind the programs compile', () => {
    const elsewhere = messages.filter((message) => !/^(\s|programs\/)/.test(message));
    expect(elsewhere).toEqual([]);
  });
});

it('every program says what must not compile', () => {
  const without = programs().filter(
    (program) => !readFileSync(join(import.meta.dirname, program), 'utf8').includes('// @ts-expect-error'),
  );
  expect(programs()).toHaveLength(10);
  expect(without).toEqual([]);
});
