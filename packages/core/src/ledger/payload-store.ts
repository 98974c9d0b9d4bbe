import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StoredPayload } from './ledger.ts';
import { type LedgerFiles, openIfThere, type ReadableLedgerFile } from './ledger-files.ts';
import { PayloadDamagedError } from './payload-damaged-error.ts';
import { PayloadMissingError } from './payload-missing-error.ts';
import { temporaryName } from './temporary-name.ts';

/** Content kept once, under its hash. */
export class PayloadStore {
  readonly #files: LedgerFiles;
  readonly #folder: string;

  constructor(files: LedgerFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async put(content: string | Iterable<string> | AsyncIterable<string>): Promise<StoredPayload> {
    await this.#files.createFolder(this.#folder, 'payload');
    const temporary = temporaryName(this.#folder);
    try {
      const { sha256, sizeBytes } = await this.#write(temporary, content);
      const path = join(this.#folder, sha256);
      // What lies there already is kept when it is what it should be, and replaced when it was damaged.
      if ((await this.#hashOf(path)) !== sha256) await this.#files.rename(temporary, path, 'payload');
      await this.#files.syncFolder(this.#folder, 'payload');
      return { sha256, sizeBytes, open: () => this.open(sha256) };
    } finally {
      await this.#files.remove(temporary, 'payload').catch(() => {});
    }
  }

  open(sha256: string): ReadableStream<Uint8Array> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new TypeError(`A payload is named by 64 hexadecimal digits, got ${JSON.stringify(sha256)}.`);
    }
    const path = join(this.#folder, sha256);
    const hash = createHash('sha256');
    let file: ReadableLedgerFile | undefined;
    let position = 0;
    const release = async () => {
      const opened = file;
      file = undefined;
      await opened?.close();
    };
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            file ??= await this.#open(sha256, path);
            const buffer = new Uint8Array(CHUNK_BYTES);
            const count = await file.read(buffer, 0, position);
            if (count > 0) {
              const chunk = buffer.subarray(0, count);
              hash.update(chunk);
              position += count;
              controller.enqueue(chunk);
              return;
            }
            const actual = hash.digest('hex');
            if (actual !== sha256) throw new PayloadDamagedError(sha256, actual, path);
            await release();
            controller.close();
          } catch (error) {
            await release().catch(() => {});
            throw error;
          }
        },
        cancel: release,
      },
      { highWaterMark: 0 },
    );
  }

  async #write(path: string, content: string | Iterable<string> | AsyncIterable<string>) {
    const file = await this.#files.createFile(path, 'payload');
    try {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of utf8Chunks(content)) {
        hash.update(chunk);
        await file.write(chunk, sizeBytes);
        sizeBytes += chunk.length;
      }
      await file.sync();
      return { sha256: hash.digest('hex'), sizeBytes };
    } finally {
      await file.close();
    }
  }

  async #open(sha256: string, path: string): Promise<ReadableLedgerFile> {
    const file = await openIfThere(this.#files, path);
    if (file) return file;
    throw new PayloadMissingError(sha256, path);
  }

  async #hashOf(path: string): Promise<string | undefined> {
    if ((await this.#files.sizeBytes(path)) === undefined) return undefined;
    return hashFile(this.#files, path);
  }
}

/** SHA-256 of a file's content, read in chunks. */
export async function hashFile(files: LedgerFiles, path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await files.openFile(path);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = 0; ; ) {
      const count = await file.read(buffer, 0, position);
      if (count === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    await file.close();
  }
}

/** Text as bytes, in pieces neither too small for the disk nor larger than memory should hold. */
async function* utf8Chunks(content: string | Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = '';
  const take = (): Buffer => {
    // A pair of surrogates makes one letter: it must not be cut.
    const isCut = /[\uD800-\uDBFF]$/.test(text);
    const bytes = Buffer.from(isCut ? text.slice(0, -1) : text);
    text = isCut ? text.slice(-1) : '';
    return bytes;
  };
  if (typeof content !== 'string' && Symbol.asyncIterator in content) {
    for await (const piece of content) {
      text += piece;
      if (text.length >= CHUNK_BYTES) yield take();
    }
  } else {
    // Not `for await`: it would take a turn for each of a million lines.
    for (const piece of typeof content === 'string' ? [content] : content) {
      text += piece;
      if (text.length >= CHUNK_BYTES) yield take();
    }
  }
  if (text !== '') yield Buffer.from(text);
}

const CHUNK_BYTES = 256 * 1024;
