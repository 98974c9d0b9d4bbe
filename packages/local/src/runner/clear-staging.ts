import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Nobody is still about to send what was prepared so long ago. */
const STALE_MS = 3_600_000;

/** Clears away what was prepared but never sent: its client died, and it may hold secrets. */
export function clearStaging(staging: string): void {
  for (const name of readdirSync(staging)) {
    const path = join(staging, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status && Date.now() - status.mtimeMs > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
}
