import type { LabCommand } from './lab-client.fixture.ts';
import type { LabProcess } from './lab-process.fixture.ts';

/** The same at the same moment in each of them. */
export function atOnce<T>(clients: readonly LabProcess[], name: string, command: LabCommand) {
  const barrier = { name, count: clients.length };
  return Promise.allSettled(clients.map((client) => client.ask(command, barrier) as Promise<T>));
}

export function valuesOf<T>(settled: readonly PromiseSettledResult<T>[]): readonly T[] {
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
