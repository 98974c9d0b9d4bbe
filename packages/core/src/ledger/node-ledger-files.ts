import { close, constants, fdatasync, fsync, open, read, write } from 'node:fs';
import { access, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makeDurableFolder } from './durable-folder.ts';
import { hasCode, type LedgerFiles, type ReadableLedgerFile, type WritableLedgerFile } from './ledger-files.ts';

const openFile = promisify(open);
const closeFile = promisify(close);

/** Folders this process has made durable: a few for each ledger. */
const DURABLE_FOLDERS = new Set<string>();

/** The ledger on the disks of this machine. */
export const nodeLedgerFiles: LedgerFiles = {
  isShared: true,

  createFolder: (path) => makeDurableFolder(path, { isThere, make, sync: syncFolder, durable: DURABLE_FOLDERS }),
  async createFile(path) {
    return writable(await openFile(path, 'wx', 0o600));
  },
  async openFile(path) {
    return readable(await openFile(path, 'r'));
  },
  syncFile: (path) => syncFile(path),
  link: (from, to) => link(from, to),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  syncFolder: (path) => syncFolder(path),
  async list(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  },
  async sizeBytes(path) {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  },
  requireWritable: (path) => access(path, constants.W_OK | constants.X_OK),
};

// The callback functions: on the path of every submit, and measurably shorter than a FileHandle's.
function writable(descriptor: number): WritableLedgerFile {
  return {
    write: (bytes, position) =>
      new Promise((resolve, reject) => {
        const from = (start: number) =>
          write(descriptor, bytes, start, bytes.length - start, position + start, (error, written) => {
            if (error) reject(error);
            else if (start + written === bytes.length) resolve();
            else if (written === 0) reject(nothingWritten());
            else from(start + written);
          });
        from(0);
      }),
    sync: () => new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))),
    close: () => closeFile(descriptor),
  };
}

function nothingWritten(): Error {
  return Object.assign(new Error('EIO: the disk took nothing of a write'), { code: 'EIO', syscall: 'write' });
}

function readable(descriptor: number): ReadableLedgerFile {
  return {
    read: (buffer, start, position) =>
      new Promise((resolve, reject) =>
        read(descriptor, buffer, start, buffer.length - start, position, (error, count) =>
          error ? reject(error) : resolve(count),
        ),
      ),
    close: () => closeFile(descriptor),
  };
}

async function syncFile(path: string): Promise<void> {
  // Also for writing: Windows flushes nothing else.
  const descriptor = await openFile(path, 'r+');
  try {
    await writable(descriptor).sync();
  } finally {
    await closeFile(descriptor);
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows has no such call; its file systems keep names in a journal of their own.
  if (process.platform === 'win32') return;
  const descriptor = await openFile(path, 'r');
  try {
    await new Promise<void>((resolve, reject) =>
      // Some network and user-space file systems do not know it for folders.
      fsync(descriptor, (error) => (error && !hasCode(error, 'EINVAL', 'ENOTSUP') ? reject(error) : resolve())),
    );
  } finally {
    await closeFile(descriptor);
  }
}

async function make(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Somebody else made it at the same time.
    if (!hasCode(error, 'EEXIST')) throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
