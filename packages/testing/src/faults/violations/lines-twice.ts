import { type Fault, onEach } from '../fault.ts';
import { always, type When } from '../when.ts';

/** A violation of the contract: log lines are delivered a second time. Nothing in a line says that it is the same one. */
export function linesTwice(when: When = always): Fault {
  return {
    name: `lines twice (${when.words})`,
    on: onEach('readLogs', async (call) => {
      const page = await call.proceed();
      if (page.lines.length === 0 || !call.hits(when)) return page;
      call.injected(`${page.lines.length} lines twice`);
      return { ...page, lines: [...page.lines, ...page.lines] };
    }),
  };
}
