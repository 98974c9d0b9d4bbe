import type { JobRef, Memo, Observation } from '@scijob/core/adapter';
import { NotThisJobError } from './not-this-job-error.ts';
import { observeArray } from './observe-array.ts';
import { observeTask } from './observe-task.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import { parsePartRecord } from './part-record.ts';
import { currentPart } from './parts-of.ts';

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
  const part = currentPart(ref, index ?? 0);
  if (!part) return { type: 'missing' };
  try {
    const paths = home.part(part.token);
    const text = await home.client.readText(paths.record);
    if (text === undefined) return { type: 'missing' };
    const record = parsePartRecord(text);
    if (record?.key.key !== ref.key) return { type: 'unreadable', cause: new NotThisJobError(ref.key, part.token) };
    if (index === undefined) return { type: 'seen', observation: await observeArray(home, ref, memo, now) };
    const folder = toTaskFolder(paths.folder, index, ref.count ?? 1);
    const look = await observeTask({ client: home.client, paths, record, index, folder, now, isRunnerAlive });
    return { type: 'seen', observation: { ref, ...look } };
  } catch (cause) {
    return { type: 'unreadable', cause };
  }
}
