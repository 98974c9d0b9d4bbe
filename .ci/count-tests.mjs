// Adds up the "Tests  N passed | N failed | N skipped" lines of every vitest run in a log, and prints the one closing line.
// Ends with 1 when that line is no success: a test failed, a part did, or nothing was tested at all.
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [, , logFile, status] = process.argv;
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const line of stripVTControlCharacters(readFileSync(logFile, 'utf8')).split('\n')) {
  // turbo puts "@scijob/core:test: " before what vitest prints.
  const summary = /^(?:\S+:test\S*: )?\s*Tests\s+(.*)$/.exec(line);
  for (const [, count, word] of summary?.[1].matchAll(/(\d+) (passed|failed|skipped)/g) ?? [])
    totals[word] += Number(count);
}
// A part that died before its runner could count, or counted nothing, is a failure too.
const nothingRan = totals.passed + totals.failed === 0;
if (totals.failed === 0 && (status !== '0' || nothingRan)) totals.failed = 1;
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
);
process.exitCode = totals.failed > 0 ? 1 : 0;
