import type { LedgerFiles, LedgerSubject } from './ledger-files.ts';

/** Makes a file with this content; durable, but for its name in the folder. */
export async function writeWholeFile(
  files: LedgerFiles,
  path: string,
  content: Uint8Array,
  subject: LedgerSubject,
): Promise<void> {
  const file = await files.createFile(path, subject);
  try {
    await file.write(content, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The whole content of a small file. Rejects with code `ENOENT` when there is none. */
export async function readWholeFile(files: LedgerFiles, path: string): Promise<Buffer> {
  // Opened first, and read to its end: asked for its length before, it may not have been there yet.
  const file = await files.openFile(path);
  try {
    let buffer = Buffer.allocUnsafe(4 * 1024);
    for (let filled = 0; ; ) {
      const count = await file.read(buffer, filled, filled);
      if (count === 0) return buffer.subarray(0, filled);
      filled += count;
      if (filled < buffer.length) continue;
      const larger = Buffer.allocUnsafe(buffer.length * 4);
      buffer.copy(larger);
      buffer = larger;
    }
  } finally {
    await file.close();
  }
}
