/**
 * The one way user text gets into `sh` text: single quotes, inside which every byte stands for itself.
 * Throws `TypeError` for what no process can be given (NUL) and for what UTF-8 cannot hold (half a surrogate pair).
 */
export function quoteShellWord(value: string, what: string): string {
  if (value.includes('\0')) {
    throw new TypeError(`${what} ${JSON.stringify(value)} holds a NUL character, which no process can be given.`);
  }
  if (!value.isWellFormed()) {
    throw new TypeError(`${what} ${JSON.stringify(value)} holds half a surrogate pair, which UTF-8 cannot hold.`);
  }
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
