import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Which machine this is, hashed: the same for every process here and after a restart, another on every other machine.
 * Several machines may share one directory (a home on NFS); what belongs to one of them is kept under this name.
 */
export function machineId(): string {
  return createHash('sha256').update(`scijob local ${rawMachineId()}`).digest('hex').slice(0, 24);
}

function rawMachineId(): string {
  try {
    const text = readFileSync('/etc/machine-id', 'utf8').trim();
    if (text !== '') return text;
  } catch {
    // Containers and systems without systemd have none.
  }
  return hostname();
}
