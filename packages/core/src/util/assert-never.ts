/** Fails to compile when a union gained a member that a `switch` does not handle; throws when one comes from outside. */
export function assertNever(value: never, what = 'value'): never {
  throw new TypeError(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
