import { type Fault, onEach } from './fault.ts';
import { always, type When } from './when.ts';

/** A sweep that says it covered everything and yet does not show some jobs: each is missing with probability `share`. */
export function notSeen(
  when: When = always,
  {
    share = 1,
  }: {
    /** From 0 to 1. @default 1, all of them */
    readonly share?: number;
  } = {},
): Fault {
  return {
    name: `not seen (${when.words})`,
    on: onEach('observe', async (call) => {
      const sweep = await call.proceed();
      if (sweep.seen.length === 0 || !call.hits(when)) return sweep;
      const seen = sweep.seen.filter(() => call.random() >= share);
      call.injected(`${seen.length} of ${sweep.seen.length} seen, all covered`);
      return { ...sweep, seen };
    }),
  };
}
