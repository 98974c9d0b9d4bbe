import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Molecule } from './molecule.ts';

/**
 * Reads a CSV file with the columns `name`, `smiles` and `molecularWeight`, in the order of its rows.
 * Other columns are ignored. Rejects on the first row which lacks a value, and names it.
 */
export async function readMolecules(path: string | URL): Promise<readonly Molecule[]> {
  const rows = parse<Readonly<Record<string, string>>>(await readFile(path, 'utf8'), {
    bom: true,
    columns: true,
    skip_empty_lines: true,
  });
  return rows.map(toMolecule);
}

function toMolecule(row: Readonly<Record<string, string>>, index: number): Molecule {
  const { name, smiles, molecularWeight } = row;
  if (!name || !smiles || !(Number(molecularWeight) > 0)) {
    throw new Error(`Molecule ${index + 1} needs a name, a SMILES and a molecular weight: ${JSON.stringify(row)}`);
  }
  return { name, smiles, molecularWeight: Number(molecularWeight) };
}
