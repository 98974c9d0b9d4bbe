import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { makeDurableFolder } from './durable-folder.ts';
import type { CrashPoint, LedgerFiles, LedgerSubject, WritableLedgerFile } from './ledger-files.ts';

/** Bytes of a file: as processes see them, and as far as a sync made them durable. */
export interface SimulatedFile {
  readonly subject: LedgerSubject;
  readonly cached: Buffer;
  readonly durable: Buffer;
  /** Writes since the last sync, first one first. */
  readonly unsynced: readonly SimulatedWrite[];
}

export interface SimulatedWrite {
  readonly position: number;
  readonly bytes: Buffer;
}

/** A number is a file; two names may have the same. */
export type SimulatedEntry = number | 'folder';

/** A change of names in one folder; what belongs to one rename happens together or not at all. */
export interface NameChange {
  readonly subject: LedgerSubject;
  readonly sets: readonly (readonly [name: string, entry: SimulatedEntry | undefined])[];
}

export interface SimulatedFolder {
  readonly names: ReadonlyMap<string, SimulatedEntry>;
  readonly durable: ReadonlyMap<string, SimulatedEntry>;
  /** Since the last sync of the folder. */
  readonly pending: readonly NameChange[];
}

/** A whole disk, never changed: what a crash leaves behind can be looked at again and again. */
export interface DiskState {
  readonly folders: ReadonlyMap<string, SimulatedFolder>;
  readonly files: ReadonlyMap<number, SimulatedFile>;
}

/** Who changes the disk. Nothing a dead process does ever happens, and nothing it waits for comes. */
export interface SimulatedProcess {
  isDead: boolean;
}

/** A moment at which the process or the machine may die: right before a change, or right behind it. */
export interface DiskMoment {
  readonly name: CrashPoint;
  readonly phase: 'before' | 'after';
  readonly process: SimulatedProcess;
  /** The write about to happen: a process may die in the middle of it. */
  readonly write?: { readonly file: number } & SimulatedWrite;
}

/** The end of the names of files that are not finished: only who writes one may read it. */
const UNFINISHED = '.part';

/** A sync takes longer than whatever does not wait for it: who sends first and syncs meanwhile is found out. */
const SYNC_TURNS = 8;

export function emptyDisk(): DiskState {
  return { folders: new Map(), files: new Map() };
}

/** The ledger on a disk that only keeps what was synced, and says each change it makes by its name. */
export class SimulatedDisk {
  state: DiskState;
  /** Changes and reads so far: who waits until nothing happens any more looks here. */
  activity = 0;
  readonly #onMoment: (moment: DiskMoment) => void;

  constructor(state: DiskState = emptyDisk(), onMoment: (moment: DiskMoment) => void = () => {}) {
    this.state = state;
    this.#onMoment = onMoment;
  }

  /** The disk as one process sees it. */
  files(process: SimulatedProcess = { isDead: false }): LedgerFiles {
    const durable = new Set<string>();
    const unfinished = new Set<string>();
    const change = <T>(name: CrashPoint, act: () => T, write?: DiskMoment['write']): Promise<T> =>
      this.#change(process, name, act, write);
    return {
      isShared: true,
      createFolder: (path, subject) =>
        makeDurableFolder(path, {
          isThere: async (at) => isRoot(at) || this.#find(at) !== undefined,
          make: (at) => change(`${subject}:create-folder`, () => this.#makeFolder(at, subject)),
          sync: (at) => change(`${subject}:sync-folder`, () => this.#syncNames(at)),
          durable,
        }),
      createFile: (path, subject) =>
        change(`${subject}:create`, () => {
          if (this.#find(path) !== undefined) throw systemError('EEXIST', 'open', path);
          unfinished.add(path);
          const file = this.state.files.size + 1;
          const empty = Buffer.alloc(0);
          this.#setFile(file, { subject, cached: empty, durable: empty, unsynced: [] });
          this.#rename(path, { subject, sets: [[basename(path), file]] });
          return this.#writable(process, file, subject);
        }),
      openFile: async (path) => {
        await this.#step(process);
        if (path.endsWith(UNFINISHED) && !unfinished.has(path))
          throw new Error(`${path} is not finished: nobody may rely on it`);
        const file = this.#fileAt(path, 'open');
        return {
          read: async (buffer, start, position) => {
            await this.#step(process);
            const { cached } = this.#file(file);
            const bytes = cached.subarray(position, position + buffer.length - start);
            buffer.set(bytes, start);
            return bytes.length;
          },
          close: () => this.#step(process),
        };
      },
      syncFile: async (path, subject) => {
        const file = this.#fileAt(path, 'open');
        await change(`${subject}:sync`, () => this.#sync(file));
      },
      link: (from, to, subject) =>
        change(`${subject}:link`, () => {
          const file = this.#fileAt(from, 'link');
          if (this.#find(to) !== undefined) throw systemError('EEXIST', 'link', to);
          this.#rename(to, { subject, sets: [[basename(to), file]] });
        }),
      rename: (from, to, subject) =>
        change(`${subject}:rename`, () => {
          const file = this.#fileAt(from, 'rename');
          if (dirname(from) !== dirname(to)) throw new Error('a rename between folders is not simulated');
          this.#rename(to, {
            subject,
            sets: [
              [basename(to), file],
              [basename(from), undefined],
            ],
          });
        }),
      remove: async (path, subject) => {
        await this.#step(process);
        if (this.#find(path) === undefined) return;
        await change(`${subject}:remove`, () => this.#rename(path, { subject, sets: [[basename(path), undefined]] }));
      },
      syncFolder: (path, subject) => change(`${subject}:sync-folder`, () => this.#syncNames(path)),
      list: async (path) => {
        await this.#step(process);
        return [...(this.state.folders.get(path)?.names.keys() ?? [])];
      },
      sizeBytes: async (path) => {
        await this.#step(process);
        const file = this.#find(path);
        return typeof file === 'number' ? this.#file(file).cached.length : undefined;
      },
      requireWritable: () => this.#step(process),
    };
  }

  #writable(process: SimulatedProcess, file: number, subject: LedgerSubject): WritableLedgerFile {
    return {
      write: (bytes, position) => {
        const write = { position, bytes: Buffer.from(bytes) };
        return this.#change(process, `${subject}:write`, () => this.#setFile(file, written(this.#file(file), write)), {
          file,
          ...write,
        });
      },
      sync: () => this.#change(process, `${subject}:sync`, () => this.#sync(file)),
      close: () => this.#step(process),
    };
  }

  async #change<T>(process: SimulatedProcess, name: CrashPoint, act: () => T, write?: DiskMoment['write']): Promise<T> {
    await this.#step(process);
    this.#onMoment({ name, phase: 'before', process, ...(write ? { write } : {}) });
    if (process.isDead) return never();
    if (name.endsWith(':sync')) await this.#turns(process, SYNC_TURNS);
    const result = act();
    this.#onMoment({ name, phase: 'after', process });
    return process.isDead ? never() : result;
  }

  /** What runs at the same time gets its turn between two steps. */
  async #step(process: SimulatedProcess): Promise<void> {
    if (process.isDead) return never();
    this.activity += 1;
    await null;
  }

  async #turns(process: SimulatedProcess, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#step(process);
    }
  }

  #find(path: string): SimulatedEntry | undefined {
    return this.state.folders.get(dirname(path))?.names.get(basename(path));
  }

  #fileAt(path: string, call: string): number {
    const entry = this.#find(path);
    if (typeof entry !== 'number') throw systemError('ENOENT', call, path);
    return entry;
  }

  #file(file: number): SimulatedFile {
    const found = this.state.files.get(file);
    if (!found) throw new TypeError(`The simulated disk has no file ${file}.`);
    return found;
  }

  #sync(file: number): void {
    const now = this.#file(file);
    this.#setFile(file, { ...now, durable: now.cached, unsynced: [] });
  }

  #setFile(file: number, content: SimulatedFile): void {
    this.state = { ...this.state, files: new Map(this.state.files).set(file, content) };
  }

  #setFolder(path: string, folder: SimulatedFolder): void {
    this.state = { ...this.state, folders: new Map(this.state.folders).set(path, folder) };
  }

  #makeFolder(path: string, subject: LedgerSubject): void {
    if (this.#find(path) !== undefined) return;
    this.#rename(path, { subject, sets: [[basename(path), 'folder']] });
    this.#setFolder(path, noNames());
  }

  #rename(path: string, change: NameChange): void {
    const at = dirname(path);
    const folder = this.state.folders.get(at) ?? (isRoot(at) ? noNames() : undefined);
    if (!folder) throw systemError('ENOENT', 'open', path);
    this.#setFolder(at, { ...folder, names: renamed(folder.names, [change]), pending: [...folder.pending, change] });
  }

  #syncNames(path: string): void {
    const folder = this.state.folders.get(path);
    if (!folder && isRoot(path)) return;
    if (!folder) throw systemError('ENOENT', 'fsync', path);
    this.#setFolder(path, { ...folder, durable: folder.names, pending: [] });
  }
}

/** A file after a write, or after the part of one that was done when its process died. */
function written(file: SimulatedFile, { position, bytes }: SimulatedWrite): SimulatedFile {
  return {
    ...file,
    cached: overwritten(file.cached, position, bytes),
    unsynced: [...file.unsynced, { position, bytes }],
  };
}

export function overwritten(content: Buffer, position: number, bytes: Buffer): Buffer {
  const all = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(all);
  bytes.copy(all, position);
  return all;
}

/** Names after some changes. */
export function renamed(
  names: ReadonlyMap<string, SimulatedEntry>,
  changes: readonly NameChange[],
): ReadonlyMap<string, SimulatedEntry> {
  const after = new Map(names);
  for (const { sets } of changes) {
    for (const [name, entry] of sets) {
      if (entry === undefined) after.delete(name);
      else after.set(name, entry);
    }
  }
  return after;
}

/** The disk after a process died in the middle of a write, `bytes` of it done. */
export function tornWrite(state: DiskState, write: NonNullable<DiskMoment['write']>, bytes: number): DiskState {
  const file = state.files.get(write.file);
  if (!file) throw new TypeError(`The simulated disk has no file ${write.file}.`);
  const torn = written(file, { position: write.position, bytes: write.bytes.subarray(0, bytes) });
  return { ...state, files: new Map(state.files).set(write.file, torn) };
}

/**
 * Equal for disks that no process can tell apart. Unfinished files are left out: the simulated disk lets nobody open one.
 * `withDurability`: nor can a power cut later.
 */
export function diskFingerprint({ folders, files }: DiskState, { withDurability = false } = {}): string {
  const hash = createHash('sha256');
  for (const path of [...folders.keys()].sort()) {
    const folder = folders.get(path) ?? noNames();
    hash.update(`\0${path}\0`);
    for (const name of [...folder.names.keys()].sort()) {
      if (name.endsWith(UNFINISHED)) continue;
      const file = files.get(Number(folder.names.get(name)));
      hash.update(`${name}\0`).update(file?.cached ?? 'folder');
      if (withDurability && file) hash.update(`\0${file.durable.length}`);
    }
    if (withDurability) hash.update(JSON.stringify(folder.pending.map(({ sets }) => sets.map(([name]) => name))));
  }
  return hash.digest('base64');
}

/** What a dead process waits for. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

function noNames(): SimulatedFolder {
  return { names: new Map(), durable: new Map(), pending: [] };
}

function isRoot(path: string): boolean {
  return dirname(path) === path;
}

function systemError(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} ${JSON.stringify(path)}`), { code, syscall, path });
}
