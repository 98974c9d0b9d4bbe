import type { CancelOutcome, CancelTarget } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import { cancelTask } from './move-task.ts';
import { NotThisJobError } from './not-this-job-error.ts';

/** Asks a job, or some of its tasks, to stop: only if what lies under its native id is that job. */
export function cancelJob(
  state: BackendState,
  { ref, children }: CancelTarget,
  reason: string,
  nowMs: number,
): CancelOutcome {
  if (state.capabilities.cancel === 'none') {
    return { type: 'unknown', cause: new TypeError('This fake adapter cannot cancel ("cancel: none").') };
  }
  const object = state.find(ref);
  if (!object) {
    return { type: 'unknown', cause: new NotThisJobError(ref.key, ref.submissions.at(-1)?.parts[0]?.nativeId ?? '') };
  }
  const asked = ref.child === undefined ? children : [ref.child];
  const tasks = asked && object.isArray ? asked.map((index) => object.tasks.get(index)) : [...object.tasks.values()];
  const live = tasks.filter((task) => task !== undefined && task.status === undefined);
  for (const task of live) if (task) cancelTask(state.scheduler, task, reason, state.options.cancelSeconds ?? 0, nowMs);
  return { type: live.length > 0 ? 'requested' : 'already-ended' };
}
