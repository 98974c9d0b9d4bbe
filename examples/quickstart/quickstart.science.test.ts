import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chunkMolecules } from './chunk-molecules.ts';
import { readMolecules } from './read-molecules.ts';

const require = createRequire(import.meta.url);
const drugs = await readMolecules(new URL('data/approved-drugs.csv', import.meta.url));
const query: { readonly name: string; readonly smiles: string; readonly knownHit: string } = JSON.parse(
  readFileSync(new URL('query.json', import.meta.url), 'utf8'),
);
const ASPIRIN = { name: 'aspirin', smiles: 'CC(=O)Oc1ccccc1C(=O)O' };

describe('the approved drugs', () => {
  it('are at least two hundred, each under a name of its own', () => {
    expect(drugs.length).toBeGreaterThanOrEqual(200);
    expect(new Set(drugs.map(({ name }) => name)).size).toBe(drugs.length);
  });

  it('each parse, and weigh what the literature says', async () => {
    const rdkit: Rdkit = await require('@rdkit/rdkit')();

    const wrong = drugs.flatMap(({ name, smiles, molecularWeight }) => {
      const weight = weigh(rdkit, smiles);
      return Math.abs(weight - molecularWeight) <= 0.15 ? [] : [{ name, molecularWeight, weight }];
    });

    expect(wrong).toEqual([]);
  });

  it('are each a molecule of their own', async () => {
    const rdkit: Rdkit = await require('@rdkit/rdkit')();
    expect(new Set(drugs.map(({ smiles }) => canonicalSmiles(rdkit, smiles))).size).toBe(drugs.length);
  });

  it('include the query, under the same structure, and the known hit', () => {
    expect(drugs.find(({ name }) => name === query.name)?.smiles).toBe(query.smiles);
    expect(drugs.some(({ name }) => name === query.knownHit)).toBe(true);
  });
});

describe('readMolecules', () => {
  it('names the row which lacks a value', async () => {
    const directory = jobDirectory();
    const path = join(directory, 'molecules.csv');
    writeFileSync(path, 'name,smiles,molecularWeight\naspirin,CC(=O)Oc1ccccc1C(=O)O,180.16\ncaffeine,,194.19\n');

    await expect(readMolecules(path)).rejects.toThrow(/^Molecule 2 needs .*caffeine/);
  });
});

describe('chunkMolecules', () => {
  it('keeps every molecule once, in order, and lets the last chunk be shorter', () => {
    const chunks = chunkMolecules(drugs.slice(0, 7), 3);

    expect(chunks.map((chunk) => chunk.length)).toEqual([3, 3, 1]);
    expect(chunks.flat()).toEqual(drugs.slice(0, 7));
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a size of %s', (size) => {
    expect(() => chunkMolecules(drugs, size)).toThrow(RangeError);
  });
});

describe('describe-molecules', () => {
  it('describes aspirin as the literature does, and logs one line for it', () => {
    const directory = jobDirectory();

    const run = runTask('describe-molecules', directory, item(ASPIRIN.smiles, [ASPIRIN]));

    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.stdout).toBe('aspirin  MW 180.2  logP 1.31  similarity 1.00\n');
    expect(readJson(directory, 'descriptors.json')).toEqual([
      {
        ...ASPIRIN,
        molecularWeight: 180.159,
        logP: 1.3101,
        hydrogenBondDonors: 1,
        hydrogenBondAcceptors: 4,
        polarSurfaceArea: 63.6,
        rotatableBonds: 2,
        ruleOfFiveViolations: 0,
        similarity: 1,
      },
    ]);
  });

  it('compares with the query, and keeps the order of the item', () => {
    const directory = jobDirectory();
    const chunk = ['nilotinib', 'aspirin', 'imatinib'].map(drugNamed);

    const run = runTask('describe-molecules', directory, item(query.smiles, chunk));

    expect(run.status).toBe(0);
    expect(readJson(directory, 'descriptors.json')).toMatchObject([
      { name: 'nilotinib', ruleOfFiveViolations: 2, similarity: SIMILARITY_OF_NILOTINIB },
      { name: 'aspirin', ruleOfFiveViolations: 0 },
      { name: 'imatinib', similarity: 1 },
    ]);
  });

  it('reads the item from a file when it is too long for the environment', () => {
    const directory = jobDirectory();
    const { SCIJOB_ITEM: text } = item(query.smiles, [ASPIRIN]);
    writeFileSync(join(directory, 'item.json'), text);

    const run = runTask('describe-molecules', directory, { SCIJOB_ITEM_FILE: 'item.json' });

    expect(run.status).toBe(0);
    expect(readJson(directory, 'descriptors.json')).toMatchObject([ASPIRIN]);
  });

  it('runs below a package.json of type module', () => {
    const directory = jobDirectory();
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');

    expect(runTask('describe-molecules', directory, item(query.smiles, [ASPIRIN])).status).toBe(0);
  });

  it('fails on a SMILES which does not parse, names the molecule, and leaves no result', () => {
    const directory = jobDirectory();
    const unclosed = { name: 'unclosed ring', smiles: 'C1CCCC' };

    const run = runTask('describe-molecules', directory, item(query.smiles, [ASPIRIN, unclosed]));

    expect(run.status).toBe(1);
    expect(run.stderr).toBe('describe-molecules: the SMILES of unclosed ring does not parse: C1CCCC\n');
    expect(existsSync(join(directory, 'descriptors.json'))).toBe(false);
  });

  it('says so when it was given no item', () => {
    const run = runTask('describe-molecules', jobDirectory(), {});

    expect(run.status).toBe(1);
    expect(run.stderr).toContain('no item: set SCIJOB_ITEM');
  });
});

describe('merge-hits', () => {
  it('ranks the known hit second of all drugs, right after the query itself', { timeout: 60_000 }, () => {
    const directory = jobDirectory();
    mkdirSync(join(directory, 'chunks'));
    for (const [index, chunk] of chunkMolecules(drugs, 50).entries()) {
      expect(runTask('describe-molecules', directory, item(query.smiles, chunk)).status).toBe(0);
      copyFileSync(join(directory, 'descriptors.json'), join(directory, 'chunks', `${index}.json`));
    }

    const run = runTask('merge-hits', directory, {});

    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    const ranked = readRanked(directory);
    expect(ranked).toHaveLength(drugs.length);
    expect(ranked.slice(0, 2)).toMatchObject([
      { rank: '1', name: query.name, similarity: '1' },
      { rank: '2', name: query.knownHit, similarity: `${SIMILARITY_OF_NILOTINIB}` },
    ]);
    // Ponatinib and dasatinib, the next two, inhibit Bcr-Abl as well.
    expect(ranked.slice(0, 4).map(({ name }) => name)).toEqual(['imatinib', 'nilotinib', 'ponatinib', 'dasatinib']);
    expect(run.stdout.split('\n')[2]).toMatch(/^ +2 +nilotinib +0\.\d{3} +2$/);
  });

  it('orders by similarity, then by name, whatever the order of the chunks', () => {
    const directory = jobDirectory();
    writeChunks(directory, [
      [molecule('b', 0.5), molecule('c', 0.25)],
      [molecule('d', 0.75), molecule('a', 0.5)],
    ]);

    expect(runTask('merge-hits', directory, {}).status).toBe(0);

    expect(readRanked(directory).map(({ rank, name }) => `${rank} ${name}`)).toEqual(['1 d', '2 a', '3 b', '4 c']);
  });

  it('quotes names for CSV and escapes them for XML', () => {
    const directory = jobDirectory();
    writeChunks(directory, [[molecule('acid, "A" & <B>', 0.5)]]);

    expect(runTask('merge-hits', directory, {}).status).toBe(0);

    expect(readRanked(directory)[0]?.['name']).toBe('acid, "A" & <B>');
    expect(readFileSync(join(directory, 'hits.svg'), 'utf8')).toContain('>acid, &quot;A&quot; &amp; &lt;B&gt;</text>');
  });

  it('draws the first twelve molecules into one picture which needs no other file', () => {
    const directory = jobDirectory();
    writeChunks(directory, [Array.from({ length: 14 }, (_, index) => molecule(`drug ${index + 1}`, 1 - index / 20))]);

    expect(runTask('merge-hits', directory, {}).status).toBe(0);

    const picture = readFileSync(join(directory, 'hits.svg'), 'utf8');
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(picture.match(/>drug \d+</g)).toHaveLength(12);
    expect(picture).not.toMatch(/href|<\?xml|url\(/);
  });

  it('says so when there is nothing to merge', () => {
    const directory = jobDirectory();
    writeChunks(directory, []);

    const run = runTask('merge-hits', directory, {});

    expect(run.status).toBe(1);
    expect(run.stderr).toContain('no chunk in chunks/');
  });
});

/** What RDKit 2026.09.1 gives; a change of fingerprint or of either structure shows here. */
const SIMILARITY_OF_NILOTINIB = 0.5169;

interface Rdkit {
  get_mol(smiles: string): {
    get_descriptors(): string;
    get_smiles(): string;
    delete(): void;
  } | null;
}

function weigh(rdkit: Rdkit, smiles: string): number {
  const parsed = rdkit.get_mol(smiles);
  if (parsed === null) return Number.NaN;
  const { amw } = JSON.parse(parsed.get_descriptors());
  parsed.delete();
  return amw;
}

function canonicalSmiles(rdkit: Rdkit, smiles: string): string | undefined {
  const parsed = rdkit.get_mol(smiles);
  const canonical = parsed?.get_smiles();
  parsed?.delete();
  return canonical;
}

function drugNamed(name: string): { readonly name: string; readonly smiles: string } {
  const drug = drugs.find((candidate) => candidate.name === name);
  if (drug === undefined) throw new Error(`${name} is not in the list`);
  return drug;
}

function molecule(name: string, similarity: number): object {
  return { ...ASPIRIN, ruleOfFiveViolations: 0, name, similarity };
}

function item(querySmiles: string, molecules: readonly object[]): { readonly SCIJOB_ITEM: string } {
  return { SCIJOB_ITEM: JSON.stringify({ query: querySmiles, molecules }) };
}

/** A directory as a backend stages it: the two files of RDKit and nothing else. */
function jobDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'scijob-quickstart-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const rdkit = dirname(require.resolve('@rdkit/rdkit'));
  for (const file of ['RDKit_minimal.js', 'RDKit_minimal.wasm']) copyFileSync(join(rdkit, file), join(directory, file));
  return directory;
}

function runTask(task: string, directory: string, environment: Readonly<Record<string, string>>) {
  const program = fileURLToPath(new URL(`tasks/${task}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [program], { cwd: directory, env: environment, encoding: 'utf8' });
}

function readJson(directory: string, file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}

function readRanked(directory: string): readonly Readonly<Record<string, string>>[] {
  return parse(readFileSync(join(directory, 'ranked.csv'), 'utf8'), { columns: true });
}

function writeChunks(directory: string, chunks: readonly (readonly object[])[]): void {
  mkdirSync(join(directory, 'chunks'));
  for (const [index, chunk] of chunks.entries()) {
    writeFileSync(join(directory, 'chunks', `${index}.json`), JSON.stringify(chunk));
  }
}
