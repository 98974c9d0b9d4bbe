import type { Explanation, JobRef } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import type { FakeTask } from './native-object.ts';
import { observeObject } from './observe-object.ts';

/** Why a job is where it is: on a fake, mostly because the test wants it so. */
export function explainJob(state: BackendState, ref: JobRef, nowMs: number): Explanation {
  const object = state.find(ref);
  const source = state.target.id;
  if (!object) {
    const text = 'Under its native id there is another job, or nothing.';
    return { summary: 'The job cannot be found.', causes: [{ text, source }] };
  }
  const { status } = observeObject(state, object, ref);
  if ('reason' in status) {
    return { summary: `The job ${status.state}: ${status.reason}.`, causes: [{ text: status.message, source }] };
  }
  const task = object.tasks.get(ref.child ?? 0) ?? [...object.tasks.values()][0];
  const text = task && whyWaiting(state, task, nowMs);
  return { summary: `The job is ${status.state}.`, causes: text === undefined ? [] : [{ ...text, source }] };
}

function whyWaiting({ scheduler }: BackendState, task: FakeTask, nowMs: number) {
  const { object } = task;
  if (task.status) return undefined;
  if (task.waitsForParent)
    return { text: `It runs after ${object.after.map(({ parent }) => parent.key.key).join(', ')}.` };
  if (task.halt) return { text: `It was ${task.state} by hand.`, wayOut: 'Call backend.release().' };
  if (scheduler.places.isPaused && task.startedMs === undefined) {
    return { text: 'The backend starts nothing.', wayOut: 'Call backend.resumeStarts().' };
  }
  if (task.startedMs === undefined && object.occupied >= object.maxConcurrent) {
    return { text: `${object.occupied} of its tasks run, as many as \`maxConcurrent\` allows.` };
  }
  if (!Number.isFinite(task.phaseEndMs)) return { text: `It stays ${task.state} until the test ends it.` };
  return { text: `It stays ${task.state} for ${(task.phaseEndMs - nowMs) / 1_000} more seconds.` };
}
