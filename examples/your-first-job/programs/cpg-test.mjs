// Are C and G next to each other rarer than chance would have it? Counts the CG pairs in a FASTA file, then in the same
// bases shuffled, again and again. Node built-ins only: it knows nothing of scijob.
//
//   node cpg-test.mjs <file.fasta> <shuffles>
//
//   out  cpg.json   pairs found, pairs expected, and the share of shuffles with so few (the p-value)
import { readFileSync, writeFileSync } from 'node:fs';

const [path, shufflesText] = process.argv.slice(2);
const shuffles = Number(shufflesText);
const sequences = readFileSync(path, 'utf8')
  .split('>')
  .slice(1)
  .map((entry) => [...entry.slice(entry.indexOf('\n')).replaceAll(/\s/g, '').toUpperCase()]);

const observed = countPairs();
let state = 1;
let sum = 0;
let asFew = 0;
for (let done = 1; done <= shuffles; done += 1) {
  for (const bases of sequences) shuffle(bases);
  const pairs = countPairs();
  sum += pairs;
  if (pairs <= observed) asFew += 1;
  if (done % (shuffles / 10) === 0)
    console.log(`${done} of ${shuffles} shuffles: ${(sum / done).toFixed(1)} CG pairs on average`);
}
const result = { observed, expected: sum / shuffles, pValue: (asFew + 1) / (shuffles + 1), shuffles };
writeFileSync('cpg.json', `${JSON.stringify(result)}\n`);

function countPairs() {
  let pairs = 0;
  for (const bases of sequences) {
    for (let at = 1; at < bases.length; at += 1) if (bases[at] === 'G' && bases[at - 1] === 'C') pairs += 1;
  }
  return pairs;
}

function shuffle(bases) {
  for (let at = bases.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [bases[at], bases[other]] = [bases[other], bases[at]];
  }
}

/** Mulberry32: the same numbers in every run, so that the result can be checked. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
