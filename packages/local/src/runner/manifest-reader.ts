import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 256 * 1_024;
const LINE_END = 10;

/**
 * The lines of a manifest by index, for callers who mostly ask for the next one: each byte is read once as long as the
 * indices grow, and no more than a chunk and a line are in memory. Holds no open file between calls.
 */
export class ManifestReader {
  readonly #path: string;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where in the file `#buffer` begins. */
  #bufferAt = 0;
  /** Where in the file line `#line` begins. */
  #at = 0;
  #line = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The text of a line, or `undefined` when the file has fewer. */
  line(index: number): string | undefined {
    if (index < this.#line) {
      this.#at = 0;
      this.#line = 0;
    }
    while (true) {
      const end = this.#lineEnd() ?? this.#unendedLine();
      if (end === undefined) return undefined;
      const start = this.#at;
      this.#at = end + 1;
      this.#line += 1;
      if (this.#line > index) return this.#buffer.toString('utf8', start - this.#bufferAt, end - this.#bufferAt);
    }
  }

  /** Where the current line ends; reads on until it is in the buffer. */
  #lineEnd(): number | undefined {
    if (this.#at < this.#bufferAt || this.#at > this.#bufferAt + this.#buffer.length) {
      this.#buffer = Buffer.alloc(0);
      this.#bufferAt = this.#at;
    }
    let from = this.#at - this.#bufferAt;
    while (true) {
      const found = this.#buffer.indexOf(LINE_END, from);
      if (found >= 0) return this.#bufferAt + found;
      from = this.#buffer.length - (this.#at - this.#bufferAt);
      if (!this.#readOn()) return undefined;
    }
  }

  /** Where a last line without a line end stops. */
  #unendedLine(): number | undefined {
    const end = this.#bufferAt + this.#buffer.length;
    return end > this.#at ? end : undefined;
  }

  /** Drops what lies before the current line and appends a chunk. */
  #readOn(): boolean {
    const kept = this.#buffer.subarray(this.#at - this.#bufferAt);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const file = openSync(this.#path, 'r');
    try {
      const read = readSync(file, chunk, 0, CHUNK_BYTES, this.#at + kept.length);
      if (read === 0) return false;
      this.#buffer = Buffer.concat([kept, chunk.subarray(0, read)]);
      this.#bufferAt = this.#at;
      return true;
    } finally {
      closeSync(file);
    }
  }
}
