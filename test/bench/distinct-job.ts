import { CommandJob, file } from '@scijob/core';

const base = new CommandJob({
  name: 'dock',
  command: ['vina', '--seed', '0'],
  resources: { cpus: 1, memoryGiB: 2 },
  outputs: { poses: file('poses.pdbqt') },
});

/** A small job of the usual kind that no other index and seed gives. */
export function distinctJob(index: number, seed: number) {
  return base.with({ command: ['vina', '--seed', String(seed), '--ligand', `ligand-${index}.pdbqt`] });
}
