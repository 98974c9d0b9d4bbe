import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of one mebibyte, filled and freed at will. */
export class SmallDisk {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** To the last byte. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'a');
    for (const size of [65_536, 4_096, 512, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(join(this.folder, 'filler'));
  }

  remove(): void {
    spawnSync('umount', ['--lazy', this.folder]);
  }
}

/** `undefined` for whoever may not mount. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  return status === 0 ? new SmallDisk(folder) : undefined;
}

export function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'scijob-mount-'));
  const disk = mountSmallDisk(folder);
  disk?.remove();
  rmSync(folder, { recursive: true, force: true });
  return disk !== undefined;
}
