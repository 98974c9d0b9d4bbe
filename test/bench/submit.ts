import { statSync } from 'node:fs';
import { join } from 'node:path';
import { BareGroupCommit } from './bare-group-commit.ts';
import { alternate, type Figure, type Metric, requireCount, type Scale } from './harness.ts';
import { inFlight } from './in-flight.ts';
import { NullBackendClient } from './null-backend-client.ts';
import { realDisk } from './real-disk.ts';
import { SubmitSession } from './submit-session.ts';

const IN_FLIGHT = 64;

export const submit: Metric = {
  name: 'submit',
  about: 'durable submits per second, 64 in flight',
  measure: measureSubmits,
};

async function measureSubmits({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const jobs = quick ? 1_000 : 20_000;
  using disk = realDisk();
  let lines: readonly Buffer[] = [];
  const ours = async (round: number) => {
    const folder = join(disk.folder, `ledger-${round}`);
    const session = await SubmitSession.begin({ folder, backend: new NullBackendClient(), seed: seed + round });
    const seconds = await session.submit(jobs, IN_FLIGHT);
    await session.end();
    // Without those of the job that began the session.
    lines = session.lines().slice(2);
    return jobs / seconds;
  };
  const pairs = await alternate(rounds, ours, (round) => appendAll(join(disk.folder, `bare-${round}`), lines));
  return [
    {
      metric: 'submit',
      unit: 'jobs/s',
      peer: 'bare group-commit append of the same bytes',
      pairs,
      goal: { value: { atLeast: 5_000 }, ratio: { atLeast: 0.15 } },
      size: { jobs, inFlight: IN_FLIGHT, bytesPerJob: Math.round(sizeOf(lines) / jobs), seed },
      note: `${disk.note}; null backend in a process of its own; counted: jobs it received, intents and outcomes in the segments on disk`,
    },
  ];
}

/** Two appends a job, the second when the first is durable, as in a ledger. */
async function appendAll(path: string, lines: readonly Buffer[]): Promise<number> {
  const jobs = lines.length / 2;
  const commits = await BareGroupCommit.create(path);
  const begun = performance.now();
  await inFlight(jobs, IN_FLIGHT, async (index) => {
    for (const line of lines.slice(2 * index, 2 * index + 2)) await commits.append(line);
  });
  const seconds = (performance.now() - begun) / 1_000;
  await commits.close();
  requireCount('Bytes the peer wrote', statSync(path).size, sizeOf(lines));
  return jobs / seconds;
}

function sizeOf(lines: readonly Buffer[]): number {
  return lines.reduce((sum, { length }) => sum + length, 0);
}
