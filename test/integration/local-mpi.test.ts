import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob, createClient, file } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackages } from './install-packages.ts';

const isInstalled = installPackages('mpirun', ['openmpi-bin', 'libopenmpi-dev', 'gcc', 'libc6-dev']);

/** Each rank adds its number; rank 0 writes the sum. */
const SUM_OF_RANKS = `
#include <mpi.h>
#include <stdio.h>
int main(int argc, char **argv) {
  int rank, size, sum;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Reduce(&rank, &sum, 1, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
  printf("rank %d of %d\\n", rank, size);
  if (rank == 0) {
    FILE *out = fopen("sum.txt", "w");
    fprintf(out, "%d", sum);
    fclose(out);
  }
  MPI_Finalize();
  return argc > 1 && rank == 1 ? 3 : 0;
}
`;

describe.skipIf(!isInstalled)('real MPI on this machine', () => {
  let home: string;
  let client: ReturnType<typeof connect>;
  const connect = () =>
    createClient({
      adapters: { here: createLocal({ directory: join(home, 'local'), cpus: 4 }) },
      ledger: join(home, 'ledger'),
    });
  const parallel = { processesPerNode: 3, launcher: 'mpirun' } as const;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'scijob-mpi-'));
    client = connect();
  });
  afterAll(async () => {
    await client.close();
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it('runs the ranks of one program, which talk to each other', async () => {
    const compile = new CommandJob({
      name: 'compile',
      script: `cat > sum.c <<'END'\n${SUM_OF_RANKS}\nEND\nmpicc -o sum sum.c`,
      outputs: { program: file('sum') },
    });
    const compiled = await client.submit(compile);
    await compiled.result();
    const sum = new CommandJob({
      name: 'sum',
      command: ['./sum'],
      inputs: { sum: compiled.outputs.program },
      parallel,
      outputs: { sum: file('sum.txt') },
    });

    const handle = await client.submit(sum);
    const result = await handle.result();
    expect(await result.sum.text()).toBe('3');
    expect(
      (await handle.logs().text())
        .split('\n')
        .filter((line) => line.startsWith('rank'))
        .sort(),
    ).toEqual(['rank 0 of 3', 'rank 1 of 3', 'rank 2 of 3']);

    const failing = await client.submit(sum.with({ command: ['./sum', 'fail'] }));
    expect(await failing.wait()).toMatchObject({ state: 'failed', reason: 'exit-nonzero', exitCode: 3 });
  });
});
