import type { RecordPosition } from './ledger.ts';
import type { WritableLedgerFile } from './ledger-files.ts';
import type { RecordFrame } from './ledger-record.ts';
import { lineHash, NO_HASH, recordLine } from './record-line.ts';
import type { SegmentHead } from './segment-head.ts';

/** A record on its way: the text of its entry, and when it was handed over. */
export interface RecordDraft {
  readonly text: string;
  readonly at: string;
  readonly again?: RecordFrame['again'];
}

/** The one writer of one segment: numbers and chains its lines. Not to be used again after a failure. */
export class SegmentWriter {
  readonly segment: string;
  readonly path: string;
  readonly #file: WritableLedgerFile;
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #n = 0;
  #offset = 0;
  #prev = NO_HASH;
  #head: SegmentHead | undefined;

  constructor(segment: string, path: string, file: WritableLedgerFile) {
    this.segment = segment;
    this.path = path;
    this.#file = file;
  }

  /** Number of the next record. */
  get n(): number {
    return this.#n;
  }

  /** How far it is confirmed to go; absent when nothing is. */
  get head(): SegmentHead | undefined {
    return this.#head;
  }

  /** Appends all of them with one write and one sync; resolves once they are durable. */
  async commit(drafts: readonly RecordDraft[]): Promise<readonly RecordPosition[]> {
    let filled = 0;
    const positions = drafts.map(({ text, at, again }) => {
      const line = recordLine({ n: this.#n, prev: this.#prev, at, ...(again ? { again } : {}) }, text);
      this.#makeRoom(filled, line.length * 3);
      const length = this.#buffer.write(line, filled);
      this.#prev = lineHash(this.#buffer.subarray(filled, filled + length));
      const position = { segment: this.segment, n: this.#n, offset: this.#offset + filled, length };
      filled += length;
      this.#n += 1;
      return position;
    });
    await this.#file.write(this.#buffer.subarray(0, filled), this.#offset);
    await this.#file.sync();
    this.#offset += filled;
    this.#head = { n: this.#n - 1, hash: this.#prev, sizeBytes: this.#offset };
    return positions;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #makeRoom(filled: number, atMost: number): void {
    if (filled + atMost <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, filled + atMost));
    this.#buffer.copy(larger, 0, 0, filled);
    this.#buffer = larger;
  }
}
