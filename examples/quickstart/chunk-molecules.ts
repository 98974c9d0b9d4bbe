import type { Molecule } from './molecule.ts';

/** Cuts the list into runs of `size`, in order; the last may be shorter. One run is one array task. */
export function chunkMolecules(molecules: readonly Molecule[], size: number): readonly (readonly Molecule[])[] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A chunk holds at least one molecule, not ${size}.`);
  const count = Math.ceil(molecules.length / size);
  return Array.from({ length: count }, (_, index) => molecules.slice(index * size, (index + 1) * size));
}
