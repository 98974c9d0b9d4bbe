/** What the suite uses of a test runner: that of vitest, of `node:test`, of most others. */
export interface ConformanceRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  /** Runs once all tests of the `describe` around it have: `afterAll` of vitest, `after` of `node:test`. @default a last test */
  readonly after?: (body: () => void) => unknown;
}
