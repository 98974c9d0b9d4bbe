import type { OutputSchemas } from '../handle/collect-outputs.ts';
import type { HandleServices } from '../handle/handle-services.ts';
import type { AnyHandle } from '../handle/job-handle.ts';
import { ManyJobsHandle } from '../handle/many-jobs-handle.ts';
import { SingleJobHandle } from '../handle/single-job-handle.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { ChildSubject } from '../tracker/child-subject.ts';
import { JobSubject } from '../tracker/job-subject.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { statusOfHistory } from './job-history-ref.ts';

/** Follows a job from what the ledger knows of it; one the ledger knows the beginning of has its end recorded. */
export function trackJob(
  slot: AdapterSlot,
  ref: JobRef,
  history: JobHistory | undefined,
  isRecorded = history !== undefined,
): JobSubject {
  const job = slot.tracker.track(ref, statusOfHistory(history, ref, slot.now()));
  if (history?.end && !job.details) {
    const { usage, counts, evidence } = history.end;
    job.details = { evidence, ...(usage ? { usage } : {}), ...(counts ? { counts } : {}) };
  }
  if (isRecorded) job.isRecorded = true;
  return new JobSubject(slot, job);
}

/** The handle that fits a ref: of a job, of an array, or of one child. */
export function handleOf(
  subject: WholeSubject,
  services: HandleServices,
  schemas?: OutputSchemas,
  child?: number,
): AnyHandle {
  if (child !== undefined) return new SingleJobHandle(new ChildSubject(subject, child), services, schemas);
  if (subject.ref.count === undefined) return new SingleJobHandle(subject, services, schemas);
  return new ManyJobsHandle(subject, services, schemas, undefined);
}
