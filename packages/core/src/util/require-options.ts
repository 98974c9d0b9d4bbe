/** Refuses options that a function does not have. @throws TypeError naming those it has */
export function requireOptions(options: unknown, known: readonly string[], method: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`The options of ${method}() are an object, got ${JSON.stringify(options)}.`);
  }
  for (const field of Object.keys(options)) {
    if (!known.includes(field))
      throw new TypeError(`${method}() has no option "${field}". Known are: ${known.join(', ')}.`);
  }
}
