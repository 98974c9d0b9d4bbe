import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { Duty } from '../seam/duty.ts';
import type { DutyPlan } from './duty-plan.ts';

/** Why a duty is there, as the message says it. */
const WHY = {
  submit: 'the array has more items than one native array takes, and is sent in several',
  dependency: '`after`, or an input that is the output of a job which has not succeeded yet',
  retry: '`retry` for reasons that the backend does not try again by itself',
  fallback: '`retry` with `purchase`',
  'next-part': '`maxConcurrent`, which the backend does not keep by itself',
  'queue-time-limit': 'a limit on the time in the queue',
} as const satisfies Record<Duty, string>;

/** Refuses by name, for `unattended: true`, whatever needs this client to stay alive. */
export function requireAttended(adapter: string, name: string, unattended: boolean, { duties }: DutyPlan): void {
  if (!unattended || duties.length === 0) return;
  const reasons = duties.map((duty) => `${duty} (${WHY[duty]})`).join('; ');
  throw new UnsupportedError(
    `The job "${name}" was to run \`unattended\`, but on "${adapter}" this client would have to stay alive for: ${reasons}. Leave that out, or leave out \`unattended\` and await client.settled().`,
  );
}
