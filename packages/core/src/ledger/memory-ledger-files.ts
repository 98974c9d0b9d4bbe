import { dirname } from 'node:path';
import type { LedgerFiles } from './ledger-files.ts';

/** A ledger that ends with the process: the same steps, on byte arrays. */
export function createMemoryLedgerFiles(): LedgerFiles {
  const files = new Map<string, MemoryFile>();
  const find = (path: string): MemoryFile => {
    const file = files.get(path);
    if (!file) throw systemError('ENOENT', path);
    return file;
  };
  return {
    isShared: false,
    async createFolder() {},
    async createFile(path) {
      if (files.has(path)) throw systemError('EEXIST', path);
      const file: MemoryFile = { bytes: Buffer.alloc(0), sizeBytes: 0 };
      files.set(path, file);
      return { write: async (bytes, position) => writeAt(file, bytes, position), async sync() {}, async close() {} };
    },
    async openFile(path) {
      const file = find(path);
      return {
        read: async (buffer, start, position) =>
          file.bytes.copy(buffer, start, Math.min(position, file.sizeBytes), file.sizeBytes),
        async close() {},
      };
    },
    async syncFile() {},
    async link(from, to) {
      if (files.has(to)) throw systemError('EEXIST', to);
      files.set(to, find(from));
    },
    async rename(from, to) {
      files.set(to, find(from));
      files.delete(from);
    },
    async remove(path) {
      files.delete(path);
    },
    async syncFolder() {},
    async list(path) {
      return [...files.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1));
    },
    async sizeBytes(path) {
      return files.get(path)?.sizeBytes;
    },
    async requireWritable() {},
  };
}

interface MemoryFile {
  bytes: Buffer;
  sizeBytes: number;
}

function writeAt(file: MemoryFile, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length;
  if (end > file.bytes.length) {
    const larger = Buffer.alloc(Math.max(end, file.bytes.length * 2, 256));
    file.bytes.copy(larger, 0, 0, file.sizeBytes);
    file.bytes = larger;
  }
  file.bytes.set(bytes, position);
  file.sizeBytes = Math.max(file.sizeBytes, end);
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
