import type { Attempt, Observation } from '@scijob/core/adapter';
import { type Fault, onEach } from './fault.ts';
import { always, type When } from './when.ts';

/** Beside the true row, before or behind it, comes the end of an attempt before: what accounting keeps of a requeued job. */
export function earlierAttempt(when: When = always): Fault {
  return {
    name: `end of an earlier attempt (${when.words})`,
    on: onEach('observe', async (call) => {
      const sweep = await call.proceed();
      if (sweep.seen.length === 0 || !call.hits(when)) return sweep;
      call.injected(`${sweep.seen.length} rows of an earlier attempt`);
      const seen = sweep.seen.flatMap((row) => (call.random() < 0.5 ? [toEarlier(row), row] : [row, toEarlier(row)]));
      return { ...sweep, seen };
    }),
  };
}

function toEarlier({ ref, status }: Observation): Observation {
  const attempt = attemptBefore(status.attempt);
  const end = { state: 'failed', reason: 'node-failure', message: 'The node went down.', raw: 'NODE_FAIL' } as const;
  return { ref, status: { ...end, attempt, at: status.at }, evidence: { row: 'of an earlier attempt' } };
}

function attemptBefore(attempt: Attempt): Attempt {
  const [submission = 1, restart = 0] = attempt.split('.').map(Number);
  return restart > 0 ? `${submission}.${restart - 1}` : `${submission - 1}.0`;
}
