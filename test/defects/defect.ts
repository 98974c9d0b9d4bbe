/** The ten defects that systems of this kind are best known for, as the plan of this project lists them. */
export const ANCHOR_BUGS = [
  'absent ⇒ success',
  'retry on submit',
  'poll error ⇒ fail all',
  'missing keepalive',
  '`cd X ; cmd`',
  'per-chunk decode',
  'no `If-Match`',
  'ETag ignored',
  'end-of-stream on empty page',
  '`sacct` without time bound',
] as const;

export type AnchorBug = (typeof ANCHOR_BUGS)[number];

/** A mistake somebody could make, put into a copy of the sources to see which test turns red. */
export interface Defect {
  readonly id: string;
  /** What somebody would do wrong. */
  readonly title: string;
  readonly anchor?: AnchorBug;
  /** Numbers in the catalogue of failure modes. */
  readonly catalogue?: readonly number[];
  /** Number of the rule of DESIGN §7 that it breaks. */
  readonly rule: number;
  /** Below `packages/`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The test that is expected to fail, and is the only one that runs. */
  readonly test: DefectTest;
  /** What of an anchor bug can be seeded only once an adapter for it exists. */
  readonly later?: string;
}

export interface DefectTest {
  readonly package: 'core' | 'local';
  /** Below the package. */
  readonly file: string;
  /** Of the test alone, without the groups it is in. */
  readonly title: string;
  /** How the title stands in the file, where a table of cases fills it in. */
  readonly writtenAs?: string;
}
