/** One thing that is not as it was written. */
export interface LedgerFinding {
  readonly type: /** A line is not one of ours. */
    | 'unreadable'
    /** A line does not follow the line before it: one of them was changed, removed, inserted or moved, or damaged by a power cut. */
    | 'broken-chain'
    /** A line has another number than its place. */
    | 'wrong-number'
    /** A head of this segment that was recorded elsewhere is not in it: its records were replaced, or its end was cut off. */
    | 'head-differs'
    /** A segment others have seen is not there, and no archive is recorded for it. */
    | 'segment-missing'
    /** The first line says that this is another segment, or one of another ledger. */
    | 'foreign-segment'
    | 'payload-missing'
    | 'payload-damaged'
    | 'claim-damaged';
  /** The file it is about. */
  readonly path: string;
  /** Number of the line, for a segment. */
  readonly n?: number;
  readonly message: string;
}

/** Findings, the first hundred kept and the rest counted: a ledger may be damaged in a million places. */
export class Findings {
  readonly list: LedgerFinding[] = [];
  leftOut = 0;

  add(finding: LedgerFinding): void {
    if (this.list.length < MOST_FINDINGS) this.list.push(finding);
    else this.leftOut += 1;
  }
}

const MOST_FINDINGS = 100;
