import type { Part, Refusal } from '@scijob/core/adapter';
import type { Bench } from '../bench/bench.ts';

/** What prepare, or else submit, refused of a part; `undefined` when both took it. A part that was accepted is cancelled. */
export async function refusedAnywhere(bench: Bench, part: Part): Promise<Refusal | undefined> {
  const [prepared] = await bench.adapter.prepare([part] as never, bench.context());
  if (prepared?.type === 'refused') return prepared.error;
  const [submitted] = await bench.adapter.submit([part] as never, bench.context());
  return submitted?.type === 'refused' ? submitted.error : undefined;
}
