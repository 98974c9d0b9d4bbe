import { parseSync, Visitor } from 'oxc-parser';

export interface ModuleImport {
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A construct the house rules forbid. */
export type Oddity = 'export *' | 'default export' | 'enum' | 'any' | 'computed import';

export interface ParsedModule {
  readonly imports: readonly ModuleImport[];
  readonly oddities: readonly { readonly oddity: Oddity; readonly line: number }[];
  readonly lineCount: number;
}

/** Every way one module can name another one, types included, and what the house rules look for. Throws on a syntax error. */
export function parseModule(file: string, source: string): ParsedModule {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors.map((error) => error.message).join('; ')}`);
  const lineStarts = [0, ...Array.from(source.matchAll(/\n/g), (match) => match.index + 1)];
  const lineOf = (node: { readonly start: number }) => lineStarts.findLastIndex((start) => start <= node.start) + 1;
  const imports: ModuleImport[] = [];
  const oddities: { oddity: Oddity; line: number }[] = [];
  const found = (oddity: Oddity, node: { readonly start: number }) => oddities.push({ oddity, line: lineOf(node) });
  const literal = (node: { readonly start: number; readonly type: string }, typeOnly = false) => {
    const value = 'value' in node && node.type === 'Literal' ? node.value : undefined;
    if (typeof value === 'string') imports.push({ specifier: value, typeOnly, line: lineOf(node) });
    else found('computed import', node);
  };
  new Visitor({
    ImportDeclaration(node) {
      const names = node.specifiers;
      const namesOnlyTypes =
        names.length > 0 && names.every((name) => name.type === 'ImportSpecifier' && name.importKind === 'type');
      literal(node.source, node.importKind === 'type' || namesOnlyTypes);
    },
    ExportNamedDeclaration(node) {
      const namesOnlyTypes =
        node.specifiers.length > 0 && node.specifiers.every(({ exportKind }) => exportKind === 'type');
      if (node.source) literal(node.source, node.exportKind === 'type' || namesOnlyTypes);
      if (node.specifiers.some(({ exported }) => 'name' in exported && exported.name === 'default'))
        found('default export', node);
    },
    ExportAllDeclaration(node) {
      literal(node.source, node.exportKind === 'type');
      found('export *', node);
    },
    ExportDefaultDeclaration: (node) => void found('default export', node),
    TSExportAssignment: (node) => void found('default export', node),
    TSEnumDeclaration: (node) => void found('enum', node),
    TSAnyKeyword: (node) => void found('any', node),
    ImportExpression: (node) => literal(node.source),
    TSImportType: (node) => literal(node.source, true),
    TSExternalModuleReference: (node) => literal(node.expression),
    CallExpression(node) {
      const [argument] = node.arguments;
      if (node.callee.type === 'Identifier' && node.callee.name === 'require' && argument?.type === 'Literal')
        literal(argument);
    },
  }).visit(program);
  return { imports, oddities, lineCount: source.replace(/\n$/, '').split('\n').length };
}
