import { randomUUID } from 'node:crypto';
import type { CallContext, CancelOutcome, CancelTarget } from '@scijob/core/adapter';
import type { CancelRequest } from './cancel-request.ts';
import { hasTaskEnded } from './has-task-ended.ts';
import { NotThisJobError } from './not-this-job-error.ts';
import type { Home } from './open-home.ts';
import { type PartPaths, toTaskFolder } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';
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
    if (ref.count === undefined && (await hasSingleEnded(home, record, paths))) continue;
    const tasks = ref.count === undefined ? undefined : asked;
    const left = tasks && (await selectLive(home, part, record, tasks, ref.count ?? 1));
    if (left?.length === 0) continue;
    const request: CancelRequest = { reason, at, ...(left && { tasks: left }) };
    await home.client.write(`${paths.cancels}/${randomUUID()}`, JSON.stringify(request));
    await markInbox(home, part.token);
    isRequested = true;
  }
  return { type: isRequested ? 'requested' : 'already-ended' };
}

/** `ended` is the last mark; a look sees the end of a single job before that. */
async function hasSingleEnded(home: Home, record: PartRecord, { folder, ends }: PartPaths): Promise<boolean> {
  if (((await home.client.status(ends))?.sizeBytes ?? 0) > 0) return true;
  return hasTaskEnded(home.client, record, toTaskFolder(folder, 0, 1));
}

async function selectLive(home: Home, part: PartOfJob, record: PartRecord, tasks: readonly number[], count: number) {
  const live: number[] = [];
  for (const index of tasks) {
    if (positionOf(part.current, index) === undefined) continue;
    const folder = toTaskFolder(home.part(part.token).folder, index, count);
    if (!(await hasTaskEnded(home.client, record, folder))) live.push(index);
  }
  return live;
}
