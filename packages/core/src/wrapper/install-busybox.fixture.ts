import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const TRIES = 3;
const INSTALL = 'apt-get update -q && apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 busybox';

/** Once before all tests: as root busybox is installed, or the run fails; without root its tests are skipped by name. */
export function setup(): void {
  if (hasProgram('busybox')) return;
  if (process.getuid?.() !== 0) {
    console.log('busybox sh: not run: needs root to install busybox');
    return;
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      execFileSync('sh', ['-c', INSTALL], { stdio: 'pipe' });
      return;
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}
