import { type Fault, type FaultableMethod, type OneOrMore, onEach } from './fault.ts';
import { InjectedFaultError } from './injected-fault-error.ts';
import { always, type When } from './when.ts';

/** The call never gets to the backend: `callFails('observe', everyNth(3))`. The same as a request that is lost on its way. */
export function callFails(methods: OneOrMore<FaultableMethod>, when: When = always): Fault {
  return {
    name: `call fails (${when.words})`,
    on: onEach(methods, (call) => {
      if (!call.hits(when)) return call.proceed();
      call.injected('the call did not reach the backend');
      return Promise.reject(new InjectedFaultError(`injected: ${call.method} did not reach the backend`));
    }),
  };
}
