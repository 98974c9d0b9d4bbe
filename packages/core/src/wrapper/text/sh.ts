/**
 * Tag for pieces of `sh`: the text as it stands, so that a backslash is the shell's. Only `${` and the backquote must be
 * written with one for TypeScript, which is taken off. Nothing is ever interpolated: no value of anybody's gets into the text.
 */
export function sh({ raw }: TemplateStringsArray): string {
  return (raw[0] ?? '').replaceAll(/\\(\$\{|`)/g, '$1').replace(/^\n/, '');
}
