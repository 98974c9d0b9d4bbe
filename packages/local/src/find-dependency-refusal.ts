import type { JobRef, Part, Refusal } from '@scijob/core/adapter';
import type { Home } from './open-home.ts';
import { readPartRecord } from './read-ended-tasks.ts';
import { withoutTasks } from './task-ranges.ts';
import { toTarget } from './to-target.ts';

/** The first thing a part is to wait for that the runner cannot wait for, by name and with the way out. */
export async function findDependencyRefusal(home: Home, part: Part): Promise<Refusal | undefined> {
  for (const { ref, condition } of part.after) {
    const what = `after (${condition}) the job ${JSON.stringify(ref.key)}`;
    const refuse = (wayOut: string): Refusal => ({
      code: 'UNSUPPORTED',
      message: `The local adapter cannot honour ${what}. ${wayOut}`,
      retryable: false,
    });
    const [submission, ...later] = ref.submissions;
    const [parent, ...others] = submission?.parts ?? [];
    if (!parent || later.length > 0 || others.length > 0) {
      return refuse('It has several parts here, and the runner waits for one. Wait for it before submitting this one.');
    }
    if (!(await isOfThisDirectory(home, ref, parent.nativeId))) {
      return refuse('It belongs to another directory or backend. Wait for it before submitting this one.');
    }
    if (parent.nativeId === part.key.token) return refuse('That is this very job. Leave it out.');
    if (condition !== 'aftercorr') continue;
    const whole = [[0, (ref.count ?? 0) - 1]] as const;
    const isSameCut =
      ref.child === undefined &&
      ref.count !== undefined &&
      ref.count === part.job.array?.count &&
      withoutTasks(part.tasks ?? whole, parent.tasks ?? whole).length === 0;
    if (!isSameCut) return refuse('Task by task goes with two arrays of the same count. Wait for all of it instead.');
  }
  return undefined;
}

/** Another machine's runner may share the directory: its records are files here, and as good. */
async function isOfThisDirectory(home: Home, ref: JobRef, token: string): Promise<boolean> {
  if (ref.target.id === toTarget(home).id) return true;
  const record = await readPartRecord(home, token);
  return record !== undefined && toTarget({ ...home, machine: record.machine }).id === ref.target.id;
}
