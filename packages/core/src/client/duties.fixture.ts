import { eachTask } from '../ids/task-ranges.ts';
import { systemClock } from '../seam/system-clock.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import type { FinalStatus } from '../state/job-status.ts';
import type { NullBackend, NullJob } from './null-adapter.fixture.ts';

/** Time runs a hundred times as fast. */
export const hastyClock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 100,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal),
};

export function failedFor(job: NullJob, reason: FailureReason): FinalStatus {
  const { attempt } = job.status;
  return { state: 'failed', attempt, at: new Date(), reason, exitCode: 1, message: `It failed: ${reason}.` };
}

export function succeededNow({ status }: NullJob): FinalStatus {
  return { state: 'succeeded', attempt: status.attempt, at: new Date(), exitCode: 0 };
}

/** Ends a native array: each task succeeds but those named. */
export function endArray(job: NullJob, bad: ReadonlyMap<number, FailureReason> = new Map()): void {
  for (const child of eachTask(job.part.tasks ?? [])) endTask(job, child, bad.get(child));
  job.status = job.children.some(({ status }) => status.state === 'failed')
    ? failedFor(job, 'exit-nonzero')
    : succeededNow(job);
}

export function endTask(job: NullJob, child: number, reason?: FailureReason): void {
  if (job.children.some((row) => row.child === child)) return;
  job.children.push({ child, status: reason ? failedFor(job, reason) : succeededNow(job) });
}

/** Resolves with the job once the backend has that many. */
export async function nthJob(backend: NullBackend, index: number): Promise<NullJob> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (backend.jobs.size > index) return backend.job(index);
    await systemClock.sleep(2);
  }
  throw new Error(`The backend has ${backend.jobs.size} jobs, and not ${index + 1} after two seconds.`);
}

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await isTrue()) return;
    await systemClock.sleep(2);
  }
  throw new Error('What was waited for did not happen within two seconds.');
}
