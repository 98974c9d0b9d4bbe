import { parseSync } from 'oxc-parser';

export interface DeclaredNames {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** What a declaration file of an entry exports, by what is left of it at run time. `isValue` tells classes from interfaces. */
export function declaredNames(declarations: string, isValue: (name: string) => boolean): DeclaredNames {
  const { module, errors } = parseSync('entry.d.ts', declarations);
  if (errors.length > 0) throw new SyntaxError(errors.map((error) => error.message).join('; '));
  const names = module.staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName }) => exportName.name)
    .filter((name) => name !== null);
  return { values: names.filter(isValue), types: names.filter((name) => !isValue(name)) };
}
