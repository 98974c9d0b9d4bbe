import { execFile } from 'node:child_process';
import type { Parallel, Refusal } from '@scijob/core/adapter';
import { toLauncher } from './to-launcher.ts';

/** What starts the processes of a job here, or why nothing can: asks the installed `mpirun` which MPI it belongs to. */
export async function findLauncher(
  parallel: Parallel | undefined,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly launcher: readonly string[] } | { readonly refusal: Refusal }> {
  if (parallel?.launcher !== 'mpirun') return { launcher: [] };
  const version = await mpirunVersion(environment, signal);
  if (version === undefined) {
    return {
      refusal: {
        code: 'UNSUPPORTED',
        message:
          "The local adapter cannot honour parallel.launcher 'mpirun': no mpirun answers on this PATH. " +
          "Install an MPI, or use launcher: 'none' for a command that starts its processes itself.",
        retryable: false,
      },
    };
  }
  const asRoot = process.getuid?.() === 0;
  return { launcher: toLauncher({ processes: parallel.processesPerNode ?? 1, version, asRoot }) };
}

function mpirunVersion(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('mpirun', ['--version'], { env: environment, signal, timeout: 10_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });
}
