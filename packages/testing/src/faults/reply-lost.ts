import { type Fault, type FaultableMethod, type OneOrMore, onEach } from './fault.ts';
import { InjectedFaultError } from './injected-fault-error.ts';
import { always, type When } from './when.ts';

/** The backend does what it was asked to; the caller only sees an error: `replyLost('submit', nth(2))`. */
export function replyLost(methods: OneOrMore<FaultableMethod>, when: When = always): Fault {
  return {
    name: `reply lost (${when.words})`,
    on: onEach(methods, async (call) => {
      if (!call.hits(when)) return call.proceed();
      await call.proceed();
      call.injected('done, and the reply was lost');
      throw new InjectedFaultError(`injected: the reply to ${call.method} was lost`);
    }),
  };
}
