import { type Fault, onEach } from '../fault.ts';
import { always, type When } from '../when.ts';

/** A violation of the contract: what was not found is called absent, though it may exist, and nothing keeps it from running. */
export function absentUnfenced(when: When = always): Fault {
  return {
    name: `absent, unfenced (${when.words})`,
    on: onEach('find', async (call) => {
      if (!call.hits(when)) return call.proceed();
      call.injected('absent, without looking');
      return call.arguments[0].map(() => ({ type: 'absent', evidence: 'not in the list' }));
    }),
  };
}
