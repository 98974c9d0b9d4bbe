/** All an adapter does with its directory: files only. Paths are absolute. What is not there is `undefined`, everything else throws. */
export interface LocalClient {
  readText(path: string): Promise<string | undefined>;
  /** Up to `maxBytes` from `offset` on; fewer at the end of the file. */
  readBytes(path: string, offset: number, maxBytes: number): Promise<FileBytes | undefined>;
  /** What stands at `path`, links followed. */
  status(path: string): Promise<FileStatus | undefined>;
  list(path: string): Promise<readonly string[] | undefined>;
  /** What a folder holds; a link to a file is a file, one to a folder is `other`. */
  entries(path: string): Promise<readonly FolderEntry[] | undefined>;
  /** Creates a folder and the ones above it, for the owner alone. */
  createFolder(path: string): Promise<void>;
  /** Writes a whole file, for the owner alone; `durable` when it must outlive a power cut. */
  write(path: string, data: string | Uint8Array, options?: WriteOptions): Promise<void>;
  writeStream(path: string, data: ReadableStream<Uint8Array>): Promise<void>;
  /** Writes a whole file unless there is one already, and says whether it did. No reader ever sees a part of it. */
  writeOnce(path: string, data: string): Promise<boolean>;
  /**
   * Puts the folder `from` at `to` in one step. `occupied`: something is there already, and stays.
   * `missing`: there is no `from`.
   */
  moveFolder(from: string, to: string, options?: MoveOptions): Promise<'moved' | 'occupied' | 'missing'>;
  remove(path: string): Promise<void>;
}

export interface MoveOptions {
  /** It must outlive a power cut. */
  readonly durable?: boolean;
}

export interface WriteOptions {
  readonly executable?: boolean;
  readonly durable?: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'other';
}

export interface FileBytes {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  /** Another number, another file: the one at this path was replaced. */
  readonly inode: number;
}

export interface FileStatus {
  readonly type: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  readonly inode: number;
  /** Changes when the content does: time of change in nanoseconds, size and inode. */
  readonly version: string;
}
