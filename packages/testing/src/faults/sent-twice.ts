import { type Fault, onEach } from './fault.ts';
import { always, type When } from './when.ts';

/**
 * The network, or a helpful library, delivers a `submit` a second time. Harmless where `submitOnce` is `token` or
 * `guard`: that is what they are for. With `lookup` it is a duplicate.
 */
export function sentTwice(when: When = always): Fault {
  return {
    name: `sent twice (${when.words})`,
    on: onEach('submit', async (call) => {
      if (!call.hits(when)) return call.proceed();
      const answer = await call.proceed();
      await call.proceed().catch(() => {});
      call.injected('delivered a second time');
      return answer;
    }),
  };
}
