import type { RecordPosition } from './ledger.ts';
import { LedgerDamagedError } from './ledger-damaged-error.ts';
import type { LedgerFiles, ReadableLedgerFile } from './ledger-files.ts';
import { segmentPath } from './ledger-folder.ts';
import type { LedgerRecord } from './ledger-record.ts';
import { parseLine } from './segment-ends.ts';

interface Block {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Reads single records. Neighbours are read together, and a fixed number of blocks and open files is kept. Close it. */
export class RecordReader {
  readonly #files: LedgerFiles;
  readonly #folder: string;
  readonly #open = new Map<string, ReadableLedgerFile>();
  #blocks: Block[] = [];

  constructor(files: LedgerFiles, segmentsFolder: string) {
    this.#files = files;
    this.#folder = segmentsFolder;
  }

  async read(position: RecordPosition): Promise<LedgerRecord> {
    const { segment, offset, length, n } = position;
    const known = this.#blocks.find((block) => covers(block, position));
    const block = known ?? (await this.#readBlock(position));
    const record = parseLine(block.bytes.subarray(offset - block.offset, offset - block.offset + length));
    if (record?.['n'] === n) return record as unknown as LedgerRecord;
    throw new LedgerDamagedError(
      `Record ${n} of the ledger segment ${JSON.stringify(segmentPath(this.#folder, segment))} is not where it was written ` +
        `(byte ${offset}). Run verifyLedger() to see what else changed, and bring the segment back from a copy.`,
    );
  }

  async close(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    this.#blocks = [];
    for (const file of files) await file.close();
  }

  async #readBlock({ segment, offset, length }: RecordPosition): Promise<Block> {
    const file = await this.#fileOf(segment);
    const buffer = Buffer.allocUnsafe(Math.max(length, BLOCK_BYTES));
    let filled = 0;
    while (filled < length) {
      const count = await file.read(buffer, filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    const block = { segment, offset, bytes: buffer.subarray(0, filled) };
    this.#blocks = [block, ...this.#blocks.slice(0, BLOCKS - 1)];
    return block;
  }

  async #fileOf(segment: string): Promise<ReadableLedgerFile> {
    const known = this.#open.get(segment);
    if (known) return known;
    const [oldest] = this.#open;
    if (oldest && this.#open.size >= OPEN_FILES) {
      this.#open.delete(oldest[0]);
      await oldest[1].close();
    }
    const file = await this.#files.openFile(segmentPath(this.#folder, segment));
    this.#open.set(segment, file);
    return file;
  }
}

function covers(block: Block, { segment, offset, length }: RecordPosition): boolean {
  return block.segment === segment && block.offset <= offset && offset + length <= block.offset + block.bytes.length;
}

const BLOCK_BYTES = 64 * 1024;
const BLOCKS = 32;
const OPEN_FILES = 32;
