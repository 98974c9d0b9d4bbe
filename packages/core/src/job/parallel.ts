/** Several processes, on one node or many (MPI, torchrun). Left out: one process on one node. */
export interface Parallel {
  /** @default 1 */
  readonly nodes?: number;
  /** @default 1 */
  readonly processesPerNode?: number;
  /** Who starts the processes: Slurm's `srun`, an MPI's `mpirun`, or the command itself (`none`). */
  readonly launcher?: 'srun' | 'mpirun' | 'none';
  /** Nobody else on these nodes. */
  readonly exclusive?: boolean;
  /** Elastic Fabric Adapter, on AWS. */
  readonly efa?: boolean;
}
