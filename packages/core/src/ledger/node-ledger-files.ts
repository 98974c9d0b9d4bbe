import { close, constants, fdatasync, fsync, open, read, write } from 'node:fs';
import { access, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasCode, type LedgerFiles, type ReadableLedgerFile, type WritableLedgerFile } from './ledger-files.ts';

const openFile = promisify(open);
const closeFile = promisify(close);

/** The ledger on the disks of this machine. */
export const nodeLedgerFiles: LedgerFiles = {
  isShared: true,

  async createFolder(path) {
    // A name is durable once the folder it stands in is.
    for (const made of await makeFolders(path)) await syncFolder(dirname(made));
  },
  async createFile(path) {
    return writable(await openFile(path, 'wx', 0o600));
  },
  async openFile(path) {
    return readable(await openFile(path, 'r'));
  },
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

/**
 * Makes a folder and those above it, and says which were not there, from the top. Not `mkdir`'s own `recursive`, which
 * tries for ever where a folder is there and takes no entries (`/proc`).
 */
async function makeFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = path; await isMissing(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      // Somebody else made it at the same time.
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  }
  return missing;
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}
