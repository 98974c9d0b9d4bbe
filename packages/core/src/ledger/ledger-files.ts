/**
 * All the ledger asks of a disk. Narrow, so that a disk which forgets, tears or fails can stand in: each change has a name,
 * `segment:sync`, and is one point at which a process or a machine may die.
 */
export interface LedgerFiles {
  /** Other processes may use the same files, so this session has to show that it lives. */
  readonly isShared: boolean;
  /** Makes a folder that only its owner can read, and those above it; durable. No error when it is there. */
  createFolder(path: string, subject: LedgerSubject): Promise<void>;
  /** Makes a file that only its owner can read. Rejects with code `EEXIST` when there is one. */
  createFile(path: string, subject: LedgerSubject): Promise<WritableLedgerFile>;
  /** Rejects with code `ENOENT` when there is none. */
  openFile(path: string): Promise<ReadableLedgerFile>;
  /** Makes durable what anybody wrote to a file. Rejects with code `ENOENT` when there is none. */
  syncFile(path: string, subject: LedgerSubject): Promise<void>;
  /** A second name for a file. Rejects with code `EEXIST` when the name is taken: the one exclusive step that also NFS has. */
  link(from: string, to: string, subject: LedgerSubject): Promise<void>;
  /** Replaces what is at `to`. */
  rename(from: string, to: string, subject: LedgerSubject): Promise<void>;
  /** No error when there is nothing. */
  remove(path: string, subject: LedgerSubject): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string, subject: LedgerSubject): Promise<void>;
  /** Names in a folder, in no order; none when there is no folder. */
  list(path: string): Promise<readonly string[]>;
  /** Length of a file; `undefined` when there is none. */
  sizeBytes(path: string): Promise<number | undefined>;
  /** Rejects with the system's error when nothing can be written into the folder. */
  requireWritable(path: string): Promise<void>;
}

export interface WritableLedgerFile {
  /** Writes all of `bytes` at `position`. Rejects when only a part could be written. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableLedgerFile {
  /** Fills `buffer` from `start` with what stands at `position`; gives the number of bytes, 0 at the end of the file. */
  read(buffer: Uint8Array, start: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** What a change is about. */
export type LedgerSubject = 'folder' | 'id' | 'segment' | 'claim' | 'payload' | 'beat' | 'snapshot' | 'archive';

/** The name of one change. */
export type CrashPoint =
  `${LedgerSubject}:${'create-folder' | 'create' | 'write' | 'sync' | 'link' | 'rename' | 'remove' | 'sync-folder'}`;

/** Whether this is the system's error of one of these names, `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** `undefined` when there is no such file. */
export async function openIfThere(files: LedgerFiles, path: string): Promise<ReadableLedgerFile | undefined> {
  try {
    return await files.openFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
