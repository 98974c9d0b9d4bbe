import type { JobRef } from '@scijob/core/adapter';
import { type Fault, onEach } from './fault.ts';
import { always, type When } from './when.ts';

/** A sweep that got through a part of what it was asked, and says so: it covers about half of the refs. */
export function partialSweep(when: When = always): Fault {
  return {
    name: `partial sweep (${when.words})`,
    on: onEach('observe', async (call) => {
      if (!call.hits(when)) return call.proceed();
      const sweep = await call.proceed();
      const left = new Set<JobRef>(sweep.covered.filter(() => call.random() < 0.5));
      const keys = new Set([...left].map(({ key }) => key));
      call.injected(`${left.size} of ${sweep.covered.length} covered`);
      return { covered: [...left], seen: sweep.seen.filter(({ ref }) => keys.has(ref.key)) };
    }),
  };
}
