import type { JobRequest } from './job-request.ts';

/** Whether submitting a job takes more than one native object, or leaves its client something to do. */
export function needsOwner({ plan }: JobRequest): boolean {
  return plan.duties.length > 0;
}
