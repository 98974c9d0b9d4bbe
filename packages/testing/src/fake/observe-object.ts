import type { JobRef, JobState, JobStatus, Observation, StateCounts, Usage } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import type { FakeTask, NativeObject } from './native-object.ts';

/** What the backend shows of one job at present. */
export function observeObject(state: BackendState, object: NativeObject, ref: JobRef): Observation {
  const task = object.tasks.get(ref.child ?? 0);
  if (task && (ref.child !== undefined || !object.isArray)) {
    const status = statusOf(state, task);
    const usage = task.status === undefined ? undefined : usageOf(task);
    return { ref, status, evidence: evidenceOf(object, task.raw), ...(usage ? { usage } : {}) };
  }
  const status = arrayStatusOf(state, object);
  return { ref, status, counts: countsOf(object), evidence: evidenceOf(object, status.raw) };
}

function evidenceOf(object: NativeObject, raw: string | undefined) {
  return {
    nativeId: object.nativeId,
    raw: raw ?? null,
    ...(object.isArray ? { counts: { ...countsOf(object) } } : {}),
  };
}

export function statusOf({ scheduler }: BackendState, task: FakeTask): JobStatus {
  if (task.status) return task.status;
  return {
    state: task.state as Exclude<JobState, 'succeeded' | 'failed' | 'cancelled' | 'lost'>,
    attempt: task.attempt,
    at: scheduler.dateOf(task.sinceMs),
    ...(task.raw === undefined ? {} : { raw: task.raw }),
    ...(task.waitsForParent && task.state === 'held' ? { waitingFor: 'dependency' as const } : {}),
  };
}

function countsOf({ counts }: NativeObject): StateCounts {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

function arrayStatusOf(state: BackendState, object: NativeObject): JobStatus {
  const { scheduler } = state;
  const base = {
    attempt: `${object.key.submission}.${object.reopened}`,
    at: scheduler.dateOf(object.endedMs ?? object.changedMs),
  } as const;
  if (object.live > 0) {
    const live = liveStateOf(object);
    return { ...base, state: live, raw: live.toUpperCase() };
  }
  const total = object.tasks.size;
  if (object.in('succeeded') === total) return { ...base, state: 'succeeded', raw: 'SUCCEEDED', exitCode: 0 };
  const ended = object.in('failed') > 0 ? 'failed' : object.in('lost') > 0 ? 'lost' : 'cancelled';
  const first = object.rows.find((task, row) => task.row === row && task.status?.state === ended);
  const cause = first?.status && 'reason' in first.status ? first.status : undefined;
  return {
    ...base,
    state: ended,
    raw: ended.toUpperCase(),
    reason: cause?.reason ?? 'unknown',
    message: `${object.in(ended)} of ${total} tasks ${VERBS[ended]}, first task ${first?.index}: ${cause?.message}`,
  };
}

const VERBS = { failed: 'failed', lost: 'are lost', cancelled: 'were cancelled' } as const;

function liveStateOf(object: NativeObject) {
  if (object.in('cancelling') === object.live) return 'cancelling';
  if (object.in('running') + object.in('finalizing') > 0) return 'running';
  if (object.in('suspended') > 0) return 'suspended';
  if (object.in('starting') > 0) return 'starting';
  if (object.live < object.tasks.size) return 'running';
  return object.in('held') === object.live ? 'held' : 'queued';
}

/** What an ended task used: the times of the fake, and what the script says. */
export function usageOf(task: FakeTask): Usage {
  const { startedMs, endedMs, queuedMs, usage } = task;
  const until = startedMs ?? endedMs ?? queuedMs;
  const isMeasured = usage?.cpuSeconds !== undefined && usage.peakMemoryGiB !== undefined;
  return {
    ...(startedMs === undefined || endedMs === undefined ? {} : { wallSeconds: (endedMs - startedMs) / 1_000 }),
    queuedSeconds: (until - queuedMs) / 1_000,
    requested: task.job.resources,
    quality: isMeasured ? 'measured' : 'partial',
    ...usage,
  };
}
