/**
 * What stands before the argv of an MPI program. Open MPI refuses to run as root and to start more processes than it
 * counts cores, and binds every run to the same first cores: the pool decides here, so all three are switched off.
 */
export function toLauncher(mpi: { readonly processes: number; readonly version: string; readonly asRoot: boolean }) {
  const openMpi = /open mpi|openrte|prrte/i.test(mpi.version);
  return [
    'mpirun',
    ...(openMpi && mpi.asRoot ? ['--allow-run-as-root'] : []),
    ...(openMpi ? ['--oversubscribe', '--bind-to', 'none'] : []),
    '-n',
    String(mpi.processes),
  ];
}
