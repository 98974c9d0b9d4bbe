import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './harness.ts';

/** Magic numbers of `statfs(2)` for file systems that live in memory: a sync there is free. */
const IN_MEMORY = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

export interface RealDisk extends Disposable {
  readonly folder: string;
  /** `fdatasync p50 0.61 ms`: what one sync of a small append costs here now. */
  readonly note: string;
}

/** A new empty folder on a disk that keeps what was synced; `out/` of this repository, else the system's folder for temporary files. */
export function realDisk(): RealDisk {
  const repository = fileURLToPath(new URL('../../out', import.meta.url));
  const refused: string[] = [];
  for (const place of [repository, tmpdir()]) {
    mkdirSync(place, { recursive: true });
    const name = IN_MEMORY.get(statfsSync(place).type);
    if (name !== undefined) {
      refused.push(`${place} is on ${name}`);
      continue;
    }
    const folder = mkdtempSync(join(place, 'bench-'));
    return {
      folder,
      note: `fdatasync p50 ${syncMs(folder).toFixed(2)} ms`,
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  throw new Error(`A ledger is measured on a real disk only: ${refused.join(', ')}. Set TMPDIR to a folder on a disk.`);
}

function syncMs(folder: string): number {
  const line = Buffer.alloc(512, 'x');
  const file = openSync(join(folder, 'sync'), 'w');
  const times: number[] = [];
  for (let index = 0; index < 101; index += 1) {
    const begun = performance.now();
    writeSync(file, line);
    fdatasyncSync(file);
    times.push(performance.now() - begun);
  }
  closeSync(file);
  return median(times);
}
