import { type ConformanceSubject, type ConformanceWorld, conformance } from '@scijob/testing/conformance';

/** Runs behaviours without a test runner: which did not hold, by id, and why. */
export async function collectFailures<World extends ConformanceWorld>(
  subject: ConformanceSubject<World>,
  only: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  conformance(
    subject,
    {
      describe: (_name, body) => body(),
      it: (name, body) => tests.push({ name, body }),
    },
    { only, print: () => {} },
  );
  const failures = new Map<string, string>();
  for (const { name, body } of tests) {
    const id = /\[([a-z0-9-]+): [^[]*\]$/.exec(name)?.[1];
    if (id === undefined) continue;
    await body().catch((error: unknown) => failures.set(id, String(error)));
  }
  return failures;
}
