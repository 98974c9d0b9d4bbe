import { randomUUID } from 'node:crypto';
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toFileStatus } from './file-status.ts';
import type { FolderEntry, LocalClient, WriteOptions } from './local-client.ts';

/**
 * The real thing. Reads are synchronous behind their promises: records are a few hundred bytes on a local disk,
 * where a trip through the thread pool costs ten times the read.
 */
export const localDirectory: LocalClient = {
  readText: async (path) => orMissing(() => readFileSync(path, 'utf8')),
  readBytes: async (path, offset, maxBytes) =>
    orMissing(() => {
      const file = openSync(path, 'r');
      try {
        const { size, ino } = fstatSync(file);
        const bytes = new Uint8Array(Math.max(0, Math.min(maxBytes, size - offset)));
        const read = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, offset);
        return { bytes: bytes.subarray(0, read), sizeBytes: size, inode: ino };
      } finally {
        closeSync(file);
      }
    }),
  status: async (path) => orMissing(() => toFileStatus(statSync(path, { bigint: true }))),
  list: async (path) => orMissing(() => readdirSync(path)),
  entries: async (path) => orMissing(() => readdirSync(path, { withFileTypes: true }).map(toFolderEntry)),
  createFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  write: writeFile,
  writeStream: async (path, data) => {
    const file = await open(path, 'wx', 0o600);
    await pipeline(Readable.fromWeb(data), file.createWriteStream({ flush: true }));
  },
  writeOnce: async (path, data) => {
    const temporary = `${path}.${randomUUID()}`;
    await writeFile(temporary, data, { durable: true });
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  },
  moveFolder: async (from, to, options = {}) => {
    try {
      await rename(from, to);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return 'occupied';
      if (code === 'ENOENT') return 'missing';
      throw error;
    }
    if (options.durable) await syncFolder(dirname(to));
    return 'moved';
  },
  remove: async (path) => rm(path, { recursive: true, force: true }),
};

async function writeFile(path: string, data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
  const file = await open(path, 'w', options.executable ? 0o700 : 0o600);
  try {
    await file.writeFile(data);
    if (options.durable) await file.datasync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function toFolderEntry(entry: Dirent): FolderEntry {
  const isFile = entry.isFile() || (entry.isSymbolicLink() && pointsAtFile(join(entry.parentPath, entry.name)));
  return { name: entry.name, type: isFile ? 'file' : entry.isDirectory() ? 'folder' : 'other' };
}

function pointsAtFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function orMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
