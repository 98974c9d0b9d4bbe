import type { JobRef, Memo, Observation } from '@scijob/core/adapter';
import { NotThisJobError } from './not-this-job-error.ts';
import { observeArray } from './observe-array.ts';
import { observeTask } from './observe-task.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import { type PartRecord, parsePartRecord } from './part-record.ts';
import { currentPart, partsOf } from './parts-of.ts';

export type Found =
  | { readonly type: 'seen'; readonly observation: Observation }
  /** Looked, and there is nothing. */
  | { readonly type: 'missing' }
  /** Something is there that cannot be read: nothing is known. */
  | { readonly type: 'unreadable'; readonly cause: unknown };

/** Where one job, or one task of an array, is. */
export async function observeJob(
  home: Home,
  { ref, memo }: { readonly ref: JobRef; readonly memo?: Memo },
  { now, isRunnerAlive }: { readonly now: Date; readonly isRunnerAlive: boolean },
): Promise<Found> {
  const index = ref.count === undefined ? 0 : ref.child;
  const current = index === undefined ? undefined : currentPart(ref, index);
  const parts = index === undefined ? partsOf(ref) : current ? [current] : [];
  try {
    const records: PartRecord[] = [];
    for (const { token } of parts) {
      const text = await home.client.readText(home.part(token).record);
      if (text === undefined) return { type: 'missing' };
      const record = parsePartRecord(text);
      if (record?.key.key !== ref.key) return { type: 'unreadable', cause: new NotThisJobError(ref.key, token) };
      records.push(record);
    }
    const [record] = records;
    if (!record) return { type: 'missing' };
    if (index === undefined || !current) {
      return { type: 'seen', observation: await observeArray(home, ref, memo, records, now) };
    }
    const paths = home.part(current.token);
    const folder = toTaskFolder(paths.folder, index, ref.count ?? 1);
    const look = await observeTask({ client: home.client, paths, record, index, folder, now, isRunnerAlive });
    return { type: 'seen', observation: { ref, ...look } };
  } catch (cause) {
    return { type: 'unreadable', cause };
  }
}
