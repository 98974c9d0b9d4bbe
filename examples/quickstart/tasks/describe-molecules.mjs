// Describes one chunk of molecules and compares each with the query.
//
//   in   RDKit_minimal.js and RDKit_minimal.wasm in the working directory;
//        the item, {"query": "<SMILES>", "molecules": [{"name", "smiles"}, …]}, as JSON in SCIJOB_ITEM,
//        or in the file that SCIJOB_ITEM_FILE names when it is too long for the environment
//   out  descriptors.json, in the order of the item
//
// It imports Node built-ins only, so that it runs wherever its two input files are staged.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';

const FINGERPRINT = JSON.stringify({ radius: 2, nBits: 2048 });

try {
  await main();
} catch (error) {
  console.error(`describe-molecules: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  const { query, molecules } = readItem();
  const rdkit = await loadRdkit();
  const queryFingerprint = withMolecule(rdkit, 'the query', query, fingerprintOf);

  const described = molecules.map(({ name, smiles }) => {
    const row = withMolecule(rdkit, name, smiles, (molecule) => ({
      name,
      smiles,
      ...describe(molecule),
      similarity: round(tanimoto(fingerprintOf(molecule), queryFingerprint)),
    }));
    console.log(
      `${name}  MW ${row.molecularWeight.toFixed(1)}  logP ${row.logP.toFixed(2)}  similarity ${row.similarity.toFixed(2)}`,
    );
    return row;
  });

  // Written once and last: a chunk which failed leaves no half result behind.
  writeFileSync('descriptors.json', `${JSON.stringify(described, null, 2)}\n`);
}

function readItem() {
  const { SCIJOB_ITEM: inline, SCIJOB_ITEM_FILE: path } = process.env;
  const text = inline || (path && readFileSync(path, 'utf8'));
  if (!text) throw new Error('no item: set SCIJOB_ITEM to its JSON, or SCIJOB_ITEM_FILE to a file which holds it');
  const item = JSON.parse(text);
  if (typeof item?.query !== 'string' || !Array.isArray(item.molecules)) {
    throw new Error('the item must be {"query": "<SMILES>", "molecules": [{"name", "smiles"}, …]}');
  }
  return item;
}

function describe(molecule) {
  const descriptors = JSON.parse(molecule.get_descriptors());
  const described = {
    molecularWeight: round(descriptors.amw),
    logP: round(descriptors.CrippenClogP),
    // Lipinski's own counts (N-H and O-H bonds; N and O atoms), which are the ones his rule is about.
    hydrogenBondDonors: descriptors.lipinskiHBD,
    hydrogenBondAcceptors: descriptors.lipinskiHBA,
    polarSurfaceArea: round(descriptors.tpsa),
    rotatableBonds: descriptors.NumRotatableBonds,
  };
  return { ...described, ruleOfFiveViolations: countRuleOfFiveViolations(described) };
}

// Lipinski et al., Adv. Drug Deliv. Rev. 1997, 23, 3-25.
function countRuleOfFiveViolations({ molecularWeight, logP, hydrogenBondDonors, hydrogenBondAcceptors }) {
  return [molecularWeight > 500, logP > 5, hydrogenBondDonors > 5, hydrogenBondAcceptors > 10].filter(Boolean).length;
}

function fingerprintOf(molecule) {
  return molecule.get_morgan_fp_as_uint8array(FINGERPRINT);
}

function tanimoto(left, right) {
  let shared = 0;
  let either = 0;
  for (let index = 0; index < left.length; index += 1) {
    shared += countBits(left[index] & right[index]);
    either += countBits(left[index] | right[index]);
  }
  return either === 0 ? 0 : shared / either;
}

function countBits(byte) {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Four decimals are more than these models mean, and keep the files readable. */
function round(value) {
  return Number(value.toFixed(4));
}

/** Parses, uses and frees: WebAssembly memory has no garbage collector. */
function withMolecule(rdkit, name, smiles, use) {
  const molecule = rdkit.get_mol(smiles);
  if (!molecule) throw new Error(`the SMILES of ${name} does not parse: ${smiles}`);
  try {
    return use(molecule);
  } finally {
    molecule.delete();
  }
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
