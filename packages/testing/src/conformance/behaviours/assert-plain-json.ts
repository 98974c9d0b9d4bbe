import assert from 'node:assert/strict';

/** What travels to another process must come back from JSON as it was. */
export function assertPlainJson(value: unknown, what: string): void {
  const text = JSON.stringify(value);
  assert.notEqual(text, undefined, `${what} is plain JSON`);
  assert.deepEqual(JSON.parse(text), value, `${what} comes back from JSON as it was`);
}
