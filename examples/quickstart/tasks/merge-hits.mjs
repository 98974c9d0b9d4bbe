// Merges the chunks of a screen into one ranking.
//
//   in   chunks/0.json, chunks/1.json, …: the descriptors.json of each chunk;
//        RDKit_minimal.js and RDKit_minimal.wasm in the working directory
//   out  ranked.csv, every molecule, most similar first;
//        hits.svg, drawings of the first twelve
//
// It imports Node built-ins only, so that it runs wherever its input files are staged.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';

const COLUMNS = [
  'rank',
  'name',
  'smiles',
  'molecularWeight',
  'logP',
  'hydrogenBondDonors',
  'hydrogenBondAcceptors',
  'polarSurfaceArea',
  'rotatableBonds',
  'ruleOfFiveViolations',
  'similarity',
];
const HITS_DRAWN = 12;
const HITS_PRINTED = 5;
const GRID = { columns: 4, margin: 24, gap: 16, header: 70 };
const CARD = { width: 260, height: 262, drawing: 180, padding: 14 };

try {
  await main();
} catch (error) {
  console.error(`merge-hits: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  const ranked = rank(readChunks('chunks'));
  const rdkit = await loadRdkit();

  writeFileSync('ranked.csv', toCsv(ranked));
  writeFileSync('hits.svg', drawGrid(rdkit, ranked.slice(0, HITS_DRAWN), ranked.length));
  console.log(toTable(ranked.slice(0, HITS_PRINTED)));
}

function readChunks(directory) {
  const files = readdirSync(directory).filter((file) => /^\d+\.json$/.test(file));
  if (files.length === 0) throw new Error(`no chunk in ${directory}/: expected 0.json, 1.json, …`);
  return files.flatMap((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')));
}

function rank(molecules) {
  return molecules
    .toSorted((left, right) => right.similarity - left.similarity || compareNames(left.name, right.name))
    .map((molecule, index) => ({ rank: index + 1, ...molecule }));
}

// By code point: the order must not depend on the locale of the machine which happens to run this.
function compareNames(left, right) {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function toCsv(rows) {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))];
  return `${lines.map((cells) => cells.map(quoteCsv).join(',')).join('\n')}\n`;
}

function quoteCsv(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toTable(rows) {
  const width = Math.max('name'.length, ...rows.map(({ name }) => name.length));
  const line = (rank, name, similarity, violations) =>
    `${rank.padStart(4)}  ${name.padEnd(width)}  ${similarity.padStart(10)}  ${violations.padStart(10)}`;
  return [
    line('rank', 'name', 'similarity', 'violations'),
    ...rows.map((row) => line(`${row.rank}`, row.name, row.similarity.toFixed(3), `${row.ruleOfFiveViolations}`)),
  ].join('\n');
}

function drawGrid(rdkit, hits, total) {
  const rows = Math.ceil(hits.length / GRID.columns);
  const width = 2 * GRID.margin + GRID.columns * CARD.width + (GRID.columns - 1) * GRID.gap;
  const height = GRID.header + GRID.margin + rows * CARD.height + Math.max(0, rows - 1) * GRID.gap;
  const cards = hits.map((hit, index) => {
    const x = GRID.margin + (index % GRID.columns) * (CARD.width + GRID.gap);
    const y = GRID.header + Math.floor(index / GRID.columns) * (CARD.height + GRID.gap);
    return `<g transform="translate(${x} ${y})">${drawCard(rdkit, hit)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" \
font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-label="The molecules most similar to the query">
<rect width="${width}" height="${height}" fill="#f4f6f8"/>
<text x="${GRID.margin}" y="34" font-size="20" font-weight="600" fill="#14202b">Most similar to the query</text>
<text x="${GRID.margin}" y="53" font-size="12.5" fill="#5b6b79">${hits.length} of ${total} molecules · Tanimoto \
similarity of Morgan fingerprints, radius 2, 2048 bits · violations are of the rule of five</text>
${cards.join('\n')}
</svg>
`;
}

function drawCard(rdkit, { rank, name, smiles, similarity, ruleOfFiveViolations: violations }) {
  const inner = CARD.width - 2 * CARD.padding;
  const right = CARD.width - CARD.padding;
  const top = CARD.drawing + 12;
  return `<rect width="${CARD.width}" height="${CARD.height}" rx="10" fill="#fff" stroke="#dde3e8"/>
<svg x="${CARD.padding}" y="8" width="${inner}" height="${CARD.drawing}">${drawStructure(rdkit, name, smiles, inner, CARD.drawing)}</svg>
<text x="${CARD.padding}" y="${top + 14}" font-size="14.5" font-weight="600" fill="#14202b">${escapeXml(shorten(name))}</text>
<text x="${right}" y="${top + 14}" font-size="12.5" fill="#8a97a3" text-anchor="end">#${rank}</text>
<rect x="${CARD.padding}" y="${top + 24}" width="${inner}" height="5" rx="2.5" fill="#e7ecf0"/>
<rect x="${CARD.padding}" y="${top + 24}" width="${(inner * similarity).toFixed(1)}" height="5" rx="2.5" fill="#1d7f74"/>
<text x="${CARD.padding}" y="${top + 50}" font-size="12.5" fill="#1d7f74">similarity ${similarity.toFixed(3)}</text>
<text x="${right}" y="${top + 50}" font-size="12.5" fill="${violations > 1 ? '#b3442c' : '#5b6b79'}" \
text-anchor="end">${violations} ${violations === 1 ? 'violation' : 'violations'}</text>`;
}

/** RDKit's drawing without its XML prologue and its own `svg` element, so that it can be nested. */
function drawStructure(rdkit, name, smiles, width, height) {
  const molecule = rdkit.get_mol(smiles);
  if (!molecule) throw new Error(`the SMILES of ${name} does not parse: ${smiles}`);
  try {
    const options = { width, height, clearBackground: false, bondLineWidth: 1.6, fixedBondLength: 26 };
    const drawing = molecule.get_svg_with_highlights(JSON.stringify(options));
    return drawing.replace(/^[\s\S]*?<svg[^>]*>\s*/, '').replace(/\s*<\/svg>\s*$/, '');
  } finally {
    molecule.delete(); // WebAssembly memory has no garbage collector.
  }
}

function shorten(name) {
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/**
 * Evaluates RDKit as the CommonJS it is. A plain `require` would read it as an ES module
 * whenever a package.json above the working directory says "type": "module".
 */
async function loadRdkit() {
  const path = join(process.cwd(), 'RDKit_minimal.js');
  const module = { exports: {} };
  const names = ['module', 'exports', 'require', '__filename', '__dirname'];
  const evaluate = compileFunction(readFileSync(path, 'utf8'), names, { filename: path });
  evaluate(module, module.exports, createRequire(path), path, process.cwd());
  return module.exports();
}
