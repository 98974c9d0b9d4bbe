import type { JobRef, JobStatus, LiveStatus } from '@scijob/core/adapter';
import { type Fault, onEach } from './fault.ts';
import { always, type When } from './when.ts';

/** A job of which more is known already is shown as queued, in the same attempt, as a lagging replica does. */
export function stateGoesBack(when: When = always): Fault {
  const known = new Set<string>();
  return {
    name: `state goes back (${when.words})`,
    on: onEach('observe', async (call) => {
      const sweep = await call.proceed();
      const isHit = call.hits(when);
      let changed = 0;
      const seen = sweep.seen.map((row) => {
        const isKnown = known.has(nameOf(row.ref));
        if (row.status.state !== 'queued') known.add(nameOf(row.ref));
        if (!isHit || !isKnown) return row;
        changed += 1;
        return { ...row, status: toQueued(row.status) };
      });
      if (changed > 0) call.injected(`${changed} of ${seen.length} shown as queued`);
      return { ...sweep, seen };
    }),
  };
}

function toQueued({ attempt, at }: JobStatus): LiveStatus {
  return { state: 'queued', attempt, at, raw: 'PENDING' };
}

function nameOf({ key, submissions }: JobRef): string {
  return `${submissions.at(-1)?.parts[0]?.nativeId} ${key}`;
}
