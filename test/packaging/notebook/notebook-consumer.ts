import type { DeclaredNames } from './declared-names.ts';

/** A program that uses everything an entry exports, and fails to compile where a value's type was lost on the way. */
export function notebookConsumer(specifier: string, { values, types }: DeclaredNames): string {
  return [
    `import * as entry from '${specifier}';`,
    ...(types.length > 0 ? [`export type { ${types.join(', ')} } from '${specifier}';`] : []),
    'type Known<Value> = 0 extends 1 & Value ? never : Value;',
    ...values.map((name) => `export const ${name}: Known<typeof entry.${name}> = entry.${name};`),
    // Anything that does not exist must be an error, or the module itself was not understood.
    '// @ts-expect-error no such export',
    'void entry.thisNameDoesNotExist;',
    '',
  ].join('\n');
}
