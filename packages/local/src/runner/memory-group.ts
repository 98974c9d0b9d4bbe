import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A cgroup of one task, which the kernel holds to its memory limit. */
export interface MemoryGroup {
  readonly folder: string;
  /** Where the highest use stands once the task has ended. */
  readonly peakFile: string;
  /** From now on this process, and what it starts, counts here; false where it may not be moved. */
  add(pid: number): boolean;
  /** How often the kernel killed a process of this group for its memory. */
  kills(): number;
  /** Removes it; false while something still runs in it. */
  remove(): boolean;
}

export interface Hierarchy {
  readonly version: 1 | 2;
  /** The folder in which groups can be created. */
  readonly parent: string;
}

/** Makes cgroups where this user may; elsewhere the runner samples instead. */
export class MemoryGroups {
  readonly #hierarchy: Hierarchy | undefined;

  constructor(hierarchy: Hierarchy | undefined) {
    this.#hierarchy = hierarchy;
  }

  /** `undefined` where there is no writable hierarchy, or it refuses. */
  create(name: string, limitBytes: number): MemoryGroup | undefined {
    if (!this.#hierarchy) return undefined;
    const folder = join(this.#hierarchy.parent, `scijob-${name}`);
    try {
      mkdirSync(folder, { recursive: true });
      for (const [file, value] of toLimits(this.#hierarchy.version, limitBytes)) {
        try {
          writeFileSync(join(folder, file), value);
        } catch (error) {
          // Without swap accounting there is no swap file to write; the limit itself must hold.
          if (!file.includes('sw')) throw error;
        }
      }
      return toGroup(this.#hierarchy, folder);
    } catch {
      removeFolder(folder);
      return undefined;
    }
  }

  /** Removes empty groups of parts that have ended. */
  clear(hasEnded: (token: string) => boolean): void {
    if (!this.#hierarchy) return;
    for (const name of readdirSync(this.#hierarchy.parent)) {
      const token = /^scijob-([0-9a-z]+)\./.exec(name)?.[1];
      if (token !== undefined && hasEnded(token)) removeFolder(join(this.#hierarchy.parent, name));
    }
  }

  /** A group an earlier runner made. */
  find(name: string): MemoryGroup | undefined {
    if (!this.#hierarchy) return undefined;
    const folder = join(this.#hierarchy.parent, `scijob-${name}`);
    return isWritable(join(folder, 'cgroup.procs')) ? toGroup(this.#hierarchy, folder) : undefined;
  }
}

function toGroup({ version }: Hierarchy, folder: string): MemoryGroup {
  return {
    folder,
    peakFile: join(folder, version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes'),
    add: (pid) => {
      try {
        writeFileSync(join(folder, 'cgroup.procs'), String(pid));
        return true;
      } catch {
        return false;
      }
    },
    kills: () => {
      try {
        const text = readFileSync(join(folder, version === 2 ? 'memory.events' : 'memory.oom_control'), 'utf8');
        return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
      } catch {
        return 0;
      }
    },
    remove: () => removeFolder(folder),
  };
}

function toLimits(version: 1 | 2, limitBytes: number): readonly (readonly [file: string, value: string])[] {
  const limit = String(Math.floor(limitBytes));
  return version === 2
    ? [
        ['memory.max', limit],
        ['memory.swap.max', '0'],
      ]
    : [
        ['memory.limit_in_bytes', limit],
        ['memory.memsw.limit_in_bytes', limit],
      ];
}

/** The groups of this process, read from `/proc/self/cgroup`: `4:memory:/path`, or `0::/path` for the second version. */
export function findHierarchy(): Hierarchy | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split('\n')) {
    const [, controllers, ...rest] = line.split(':');
    const path = rest.join(':');
    if (controllers?.split(',').includes('memory')) {
      const own = join('/sys/fs/cgroup/memory', path);
      if (isWritable(own)) return { version: 1, parent: own };
    }
    if (controllers === '') {
      // A group with processes of its own cannot have groups with limits below it: ours stand beside our own.
      const own = join('/sys/fs/cgroup', path);
      const parent = path === '/' ? own : dirname(own);
      if (isWritable(parent) && delegatesMemory(parent)) return { version: 2, parent };
    }
  }
  return undefined;
}

function delegatesMemory(folder: string): boolean {
  try {
    return readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').split(/\s+/).includes('memory');
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
