import { type Fault, onEach } from '../fault.ts';
import { always, type When } from '../when.ts';

/** A violation of the contract: outcomes come in another order than the parts they are of. */
export function outcomesSwapped(when: When = always): Fault {
  return {
    name: `outcomes swapped (${when.words})`,
    on: onEach('submit', async (call) => {
      const outcomes = await call.proceed();
      if (outcomes.length < 2 || !call.hits(when)) return outcomes;
      call.injected(`${outcomes.length} outcomes backwards`);
      return [...outcomes].reverse();
    }),
  };
}
