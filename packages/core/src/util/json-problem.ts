/** What JSON would lose of a value, in words; `undefined` when it comes back as it was. Members that are `undefined` may be left out. */
export function jsonProblem(value: unknown, within: readonly object[] = []): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `is ${value}`;
    case 'object':
      return value === null ? undefined : objectProblem(value, within);
    default:
      return `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`;
  }
}

function objectProblem(value: object, within: readonly object[]): string | undefined {
  if (within.includes(value)) return 'contains itself';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    return `is a ${value.constructor?.name ?? 'special object'}, which JSON does not give back`;
  }
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined && !Array.isArray(value)) continue;
    const problem = jsonProblem(member, [...within, value]);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}
