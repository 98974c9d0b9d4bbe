import { alternate, type Figure, type Metric, type Pair, type Scale } from './harness.ts';
import type { Observed } from './observations-probe.ts';
import { runProbe } from './run-probe.ts';

const PROBE = new URL('./observations-probe.ts', import.meta.url);

export const observations: Metric = {
  name: 'observations',
  about: 'observations per second, from the sweeps of an adapter into settled handles',
  measure: measureObservations,
};

async function measureObservations({ quick, rounds, seed }: Scale): Promise<readonly Figure[]> {
  const jobs = quick ? 1_000 : 10_000;
  const perSecond = async (side: string, round: number) => {
    const args = [side, String(jobs), String(seed + round)];
    const observed = await runProbe<Observed>({ program: PROBE, args, node: ['--expose-gc'] });
    return observed.observations / observed.seconds;
  };
  const against = (ours: string, peer: string): Promise<readonly Pair[]> =>
    alternate(
      rounds,
      (round) => perSecond(ours, round),
      (round) => perSecond(peer, round),
    );
  const shared = {
    unit: 'observations/s',
    goal: { ratio: { atLeast: 0.2 } },
    size: { jobs, sweeps: 8, seed },
    note: 'each side in a process of its own, the second time it does it; the sweeps are made before; counted: observations, ends, and ends in the ledger',
  };
  return [
    {
      ...shared,
      metric: 'observations',
      peer: 'plain object updates: a loop, a Map, and a promise a job',
      pairs: await against('attached', 'peer'),
    },
    {
      ...shared,
      metric: 'observations, ends recorded in memory',
      peer: 'the same, each end a line of JSON with the SHA-256 of the one before',
      pairs: await against('recorded', 'peer-recorded'),
    },
  ];
}
