import { type Fault, onEach } from '../fault.ts';
import { always, type When } from '../when.ts';

/** A violation of the contract: a job that is in the list no longer is called a success. */
export function successInvented(when: When = always): Fault {
  return {
    name: `success invented (${when.words})`,
    on: onEach('observe', async (call) => {
      const sweep = await call.proceed();
      if (sweep.seen.length === 0 || !call.hits(when)) return sweep;
      call.injected(`${sweep.seen.length} jobs called a success`);
      const seen = sweep.seen.map((row) => {
        const status = { state: 'succeeded', attempt: row.status.attempt, at: row.status.at } as const;
        return { ...row, status };
      });
      return { ...sweep, seen };
    }),
  };
}
