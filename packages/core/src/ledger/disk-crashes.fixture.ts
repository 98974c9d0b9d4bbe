import { join } from 'node:path';
import {
  type DiskMoment,
  type DiskState,
  type NameChange,
  overwritten,
  renamed,
  type SimulatedFile,
  type SimulatedFolder,
  tornWrite,
} from './simulated-disk.fixture.ts';

/** One way a disk may look after a crash. */
export interface DiskRemains {
  readonly label: string;
  readonly state: DiskState;
  /** The last write is torn at one of its bytes. */
  readonly isTorn: boolean;
  /** Bytes behind lost ones are there: damage, and to be called so; nobody was ever promised what is damaged. */
  readonly hasHole: boolean;
  /** Else only the process died: what it wrote is there for all who live, and a later power cut may still take it. */
  readonly isPowerCut: boolean;
}

/** Whether each write is torn at every byte, or only where lines and the write itself begin and end. */
export type Tears = 'every-byte' | 'edges';

/**
 * Everything a crash may leave of a disk. When the process dies: all it did, the write it died in torn. When the power goes, within bounds: of the changes of names that no sync of their folder covered, any
 * subset (of more than four: none, all, each alone, all but each); of the bytes that no sync covered, nothing, all, zeros in
 * their place, a hole in front of their second half, or the last write torn.
 */
export function* diskCrashes(state: DiskState, write: DiskMoment['write'], tears: Tears): Generator<DiskRemains> {
  const dies = { isTorn: false, hasHole: false, isPowerCut: false };
  yield { ...dies, label: 'the process dies', state };
  yield* powerCuts(state, tears);
  if (!write) return;
  const isSegment = state.files.get(write.file)?.subject === 'segment';
  for (const length of tearsOf(write.bytes, isSegment ? tears : 'edges')) {
    yield {
      ...dies,
      label: `the process dies, ${length} bytes written`,
      state: tornWrite(state, write, length),
      isTorn: true,
    };
  }
}

function* powerCuts(state: DiskState, tears: Tears): Generator<DiskRemains> {
  const changes = pendingChanges(state);
  const isDirty = [...state.files.values()].some(({ subject, unsynced }) => subject !== 'beat' && unsynced.length > 0);
  for (const kept of subsets(changes)) {
    const lost = changes.filter((change) => !kept.has(change)).map(({ subject }) => subject);
    const names = lost.length === 0 ? 'all names' : `without ${lost.join(' and ')} names`;
    for (const [label, bytesOf] of isDirty ? WAYS : WAYS.slice(0, 1)) {
      yield {
        label: `the power goes, ${names}, ${label}`,
        state: remains(state, kept, bytesOf),
        isTorn: false,
        hasHole: bytesOf === withHole,
        isPowerCut: true,
      };
    }
  }
  const all = new Set(changes);
  for (const [number, file] of state.files) {
    const last = file.unsynced.at(-1);
    if (!last || file.subject !== 'segment') continue;
    for (const length of tearsOf(last.bytes, tears)) {
      const torn = overwritten(before(file), last.position, last.bytes.subarray(0, length));
      const bytesOf = (one: SimulatedFile) => (one === state.files.get(number) ? torn : one.cached);
      yield {
        label: `the power goes, all names, ${length} bytes of the last write`,
        state: remains(state, all, bytesOf),
        isTorn: true,
        hasHole: false,
        isPowerCut: true,
      };
    }
  }
}

/** Lengths at which a write may be torn, neither nothing nor all of it. */
function tearsOf(bytes: Buffer, tears: Tears): readonly number[] {
  if (tears === 'every-byte') return Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1);
  const edges = new Set([1, bytes.length >> 1, bytes.length - 1]);
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, end + 1)) {
    for (const length of [end, end + 1, end + 2]) edges.add(length);
  }
  return [...edges].filter((length) => length > 0 && length < bytes.length).sort((a, b) => a - b);
}

const WAYS: readonly (readonly [label: string, bytesOf: (file: SimulatedFile) => Buffer])[] = [
  ['no unsynced byte', ({ durable }) => durable],
  ['every unsynced byte', ({ cached }) => cached],
  ['zeros for unsynced bytes', (file) => zeroed(file, file.cached.length)],
  ['a hole before unsynced bytes', withHole],
];

function withHole(file: SimulatedFile): Buffer {
  return zeroed(file, (file.durable.length + file.cached.length) >> 1);
}

/** Unsynced bytes before `until` were given room and never reached the disk. */
function zeroed({ durable, cached }: SimulatedFile, until: number): Buffer {
  const bytes = Buffer.from(cached);
  bytes.fill(0, Math.min(durable.length, bytes.length), until);
  return bytes;
}

/** A file without its last write. */
function before({ durable, unsynced }: SimulatedFile): Buffer {
  return unsynced.slice(0, -1).reduce((content, { position, bytes }) => overwritten(content, position, bytes), durable);
}

function pendingChanges({ folders }: DiskState): readonly NameChange[] {
  // The name of a beat is never synced: it comes and goes with all the others, or each choice would double.
  return [...folders.values()].flatMap(({ pending }) => pending.filter(({ subject }) => subject !== 'beat'));
}

function subsets(changes: readonly NameChange[]): readonly ReadonlySet<NameChange>[] {
  if (changes.length <= 4) {
    return Array.from(
      { length: 2 ** changes.length },
      (_, mask) => new Set(changes.filter((_change, index) => (mask >> index) % 2 === 1)),
    );
  }
  const alone = changes.map((change) => new Set([change]));
  const allBut = changes.map((change) => new Set(changes.filter((other) => other !== change)));
  return [new Set(), new Set(changes), ...alone, ...allBut];
}

function remains(
  { folders, files }: DiskState,
  kept: ReadonlySet<NameChange>,
  bytesOf: (file: SimulatedFile) => Buffer,
): DiskState {
  const after = new Map<string, SimulatedFolder>();
  const keepsAll = [...folders.values()].every(({ pending }) =>
    pending.every((change) => change.subject === 'beat' || kept.has(change)),
  );
  const take = (path: string): void => {
    const folder = folders.get(path);
    if (!folder) return;
    const names = renamed(
      folder.durable,
      folder.pending.filter((change) => (change.subject === 'beat' ? keepsAll : kept.has(change))),
    );
    after.set(path, { names, durable: names, pending: [] });
    for (const [name, entry] of names) if (entry === 'folder') take(join(path, name));
  };
  take('/');
  const bytes = new Map<number, SimulatedFile>();
  for (const [number, file] of files) {
    const content = bytesOf(file);
    bytes.set(number, { ...file, cached: content, durable: content, unsynced: [] });
  }
  return { folders: after, files: bytes };
}
