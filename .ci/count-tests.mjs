// Adds up the "Tests  N passed | N failed | N skipped" lines of every vitest run in a log, and prints the one closing line.
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [, , logFile, status] = process.argv;
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const line of stripVTControlCharacters(readFileSync(logFile, 'utf8')).split('\n')) {
  const summary = /^(?:\S+:test\S*: )?\s*Tests\s+(.*)$/.exec(line);
  for (const [, count, word] of summary?.[1].matchAll(/(\d+) (passed|failed|skipped)/g) ?? [])
    totals[word] += Number(count);
}
// A part that died before its runner could count is a failure too.
if (status !== '0' && totals.failed === 0) totals.failed = 1;
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
);
