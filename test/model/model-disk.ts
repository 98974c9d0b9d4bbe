import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OpenLedgerOptions } from '@scijob/core';
import type { ClientProcess } from './client-process.ts';

export type LedgerFiles = NonNullable<OpenLedgerOptions['files']>;

interface StoredFile {
  bytes: Buffer;
  sizeBytes: number;
}

/** A disk that several processes share, in memory: it can be full, and what a process wrote before it died stays. */
export class ModelDisk {
  isFull = false;
  readonly #files = new Map<string, StoredFile>();

  /** As one process sees it. */
  files(process: ClientProcess): LedgerFiles {
    const read = <T>(act: () => T) => process.step(async () => act());
    const change = <T>(act: () => T, half: () => void = () => {}) =>
      process.step(async () => {
        if (!this.isFull) return act();
        half();
        throw systemError('ENOSPC');
      }, half);
    return {
      isShared: true,
      createFolder: () => read(() => {}),
      createFile: (path) =>
        change(() => {
          if (this.#files.has(path)) throw systemError('EEXIST');
          const file: StoredFile = { bytes: Buffer.alloc(0), sizeBytes: 0 };
          this.#files.set(path, file);
          return {
            write: (bytes, position) =>
              change(
                () => writeAt(file, bytes, position),
                // A part of it only: a line that is torn.
                () => writeAt(file, bytes.subarray(0, bytes.length >> 1), position),
              ),
            sync: () => change(() => {}),
            close: () => read(() => {}),
          };
        }),
      openFile: (path) =>
        read(() => {
          const file = this.#find(path);
          return {
            read: (buffer, start, position) =>
              read(() => file.bytes.copy(buffer, start, Math.min(position, file.sizeBytes), file.sizeBytes)),
            close: () => read(() => {}),
          };
        }),
      syncFile: () => change(() => {}),
      link: (from, to) =>
        change(() => {
          if (this.#files.has(to)) throw systemError('EEXIST');
          this.#files.set(to, this.#find(from));
        }),
      rename: (from, to) =>
        change(() => {
          this.#files.set(to, this.#find(from));
          this.#files.delete(from);
        }),
      remove: (path) => read(() => void this.#files.delete(path)),
      syncFolder: () => change(() => {}),
      list: (path) =>
        read(() =>
          [...this.#files.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1)),
        ),
      sizeBytes: (path) => read(() => this.#files.get(path)?.sizeBytes),
      requireWritable: () => change(() => {}),
    };
  }

  /** Onto a real disk, where it can be checked with what users check theirs with. */
  async copyTo(folder: string): Promise<void> {
    for (const [path, { bytes, sizeBytes }] of this.#files) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), bytes.subarray(0, sizeBytes));
    }
  }

  #find(path: string): StoredFile {
    const file = this.#files.get(path);
    if (!file) throw systemError('ENOENT');
    return file;
  }
}

function writeAt(file: StoredFile, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length;
  if (end > file.bytes.length) {
    const larger = Buffer.alloc(Math.max(end, file.bytes.length * 2, 1_024));
    file.bytes.copy(larger, 0, 0, file.sizeBytes);
    file.bytes = larger;
  }
  file.bytes.set(bytes, position);
  file.sizeBytes = Math.max(file.sizeBytes, end);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: the model's disk`), { code });
}
