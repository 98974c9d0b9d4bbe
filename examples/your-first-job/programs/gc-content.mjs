// Counts the bases of the sequences in a FASTA file. Node built-ins only: it knows nothing of scijob.
//
//   node gc-content.mjs <file.fasta> [window]
//
//   out  summary.json     how many sequences and bases, and the share of G and C among them
//        gc-content.csv   one row per sequence: its share, and its richest stretch of `window` bases (default 100)
import { readFileSync, writeFileSync } from 'node:fs';

const [path, windowText = '100'] = process.argv.slice(2);
const window = Number(windowText);
const sequences = readFileSync(path, 'utf8')
  .split('>')
  .slice(1)
  .map((entry) => {
    const [title, ...lines] = entry.trim().split('\n');
    return { id: title.split(' ')[0], bases: lines.join('').toUpperCase() };
  });

const rows = sequences.map(({ id, bases }) => {
  const row = { id, length: bases.length, gc: countGc(bases) / bases.length, richest: richestStretch(bases) };
  console.log(`${id}  ${row.length} bases  ${percent(row.gc)} G or C`);
  return row;
});

const bases = sequences.reduce((sum, sequence) => sum + sequence.bases.length, 0);
const gc = sequences.reduce((sum, sequence) => sum + countGc(sequence.bases), 0) / bases;
const richest = Math.max(...rows.map((row) => row.richest));
writeFileSync('summary.json', `${JSON.stringify({ sequences: rows.length, bases, gc, richest })}\n`);
writeFileSync(
  'gc-content.csv',
  `id,length,gc,richest\n${rows.map((row) => `${row.id},${row.length},${row.gc.toFixed(4)},${row.richest.toFixed(4)}\n`).join('')}`,
);

function countGc(text) {
  return text.match(/[GC]/g)?.length ?? 0;
}

function richestStretch(text) {
  let best = 0;
  for (let start = 0; start + window <= text.length; start += 1) {
    best = Math.max(best, countGc(text.slice(start, start + window)) / window);
  }
  return best;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
