/** One row of `data/approved-drugs.csv`. */
export interface Molecule {
  /** International non-proprietary or United States adopted name, in lower case. */
  readonly name: string;
  readonly smiles: string;
  /** Published molecular weight of the free base or acid, in g/mol. */
  readonly molecularWeight: number;
}
