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
  const size = (await files.sizeBytes(path)) ?? 0;
  const file = await files.openFile(path);
  try {
    const buffer = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const count = await file.read(buffer, filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    await file.close();
  }
}
