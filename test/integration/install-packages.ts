import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const TRIES = 3;

/**
 * Installs Debian packages for one program, when it is missing and we are root; fails after three tries. Without root it
 * says so and returns `false`: the tests are then skipped, and counted as skipped.
 */
export function installPackages(program: string, packages: readonly string[]): boolean {
  if (hasProgram(program)) return true;
  if (process.getuid?.() !== 0) {
    console.log(`${program}: not run: needs root to install ${packages.join(' ')}`);
    return false;
  }
  // `--no-remove`: nothing that is on the machine may go, Node above all.
  const install = `apt-get update -q && apt-get install -y -q --no-remove --no-install-recommends -o DPkg::Lock::Timeout=120 ${packages.join(' ')}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      execFileSync('sh', ['-c', install], {
        stdio: 'pipe',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      return true;
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

function hasProgram(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}
