import { randomUUID } from 'node:crypto';
import type { CallContext, CancelOutcome, CancelTarget } from '@scijob/core/adapter';
import type { CancelRequest } from './cancel-request.ts';
import { hasTaskEnded } from './has-task-ended.ts';
import { NotThisJobError } from './not-this-job-error.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import { type PartOfJob, partsOf } from './parts-of.ts';
import { readPartRecord } from './read-ended-tasks.ts';
import { markInbox } from './submit-part.ts';
import { positionOf } from './task-ranges.ts';

/** Leaves a request with every part that still runs something of it; the runner ends the tasks. */
export async function cancelJob(
  home: Home,
  { ref, children }: CancelTarget,
  reason: string,
  { clock }: CallContext,
): Promise<CancelOutcome> {
  const asked = ref.child === undefined ? children : [ref.child];
  const at = clock.now().toISOString();
  let isRequested = false;
  for (const part of partsOf(ref)) {
    const record = await readPartRecord(home, part.token);
    if (record?.key.key !== ref.key) throw new NotThisJobError(ref.key, part.token);
    const paths = home.part(part.token);
    if ((await home.client.status(paths.ended)) !== undefined) continue;
    const tasks = ref.count === undefined ? undefined : asked;
    const left = tasks && (await selectLive(home, part, tasks, ref.count ?? 1));
    if (left?.length === 0) continue;
    const request: CancelRequest = { reason, at, ...(left && { tasks: left }) };
    await home.client.write(`${paths.cancels}/${randomUUID()}`, JSON.stringify(request));
    await markInbox(home, part.token);
    isRequested = true;
  }
  return { type: isRequested ? 'requested' : 'already-ended' };
}

async function selectLive(home: Home, part: PartOfJob, tasks: readonly number[], count: number) {
  const live: number[] = [];
  for (const index of tasks) {
    if (positionOf(part.current, index) === undefined) continue;
    const folder = toTaskFolder(home.part(part.token).folder, index, count);
    if (!(await hasTaskEnded(home.client, folder))) live.push(index);
  }
  return live;
}
