import type { TaskRange } from '../ids/job-ref.ts';
import { hasTask, rangesOf } from '../ids/task-ranges.ts';
import { type RetryRule, retryRuleOf } from '../job/retry-policy.ts';
import type { IntentRecord, JobChange } from '../ledger/ledger-record.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import { mergeChanges } from './recorded-parts.ts';

/** One failure that may be tried again. */
export interface Failure {
  readonly reason: FailureReason;
  /** The item, of an array. */
  readonly task?: number;
  /** What the part that failed had changed already. */
  readonly change?: JobChange;
}

/** Failures that are tried again in the same way: for the same reason, with the same changes. */
export interface RetryGroup {
  readonly reason: FailureReason;
  readonly tasks?: readonly TaskRange[];
  readonly change?: JobChange;
  readonly delaySeconds: number;
}

const LONGEST_DELAY_SECONDS = 600;

/** What is tried again: each failure whose reason has budget left. Budgets are counted by reason, for each task by itself. */
export function planRetries(
  job: ResolvedJob,
  retried: ReadonlySet<FailureReason>,
  intents: readonly IntentRecord[],
  failures: readonly Failure[],
): readonly RetryGroup[] {
  const groups = new Map<string, { first: Failure; rule: RetryRule; used: number; tasks: number[] }>();
  for (const failure of failures) {
    const rule = retried.has(failure.reason) ? retryRuleOf(job.retry, failure.reason) : undefined;
    const used = timesUsed(intents, failure);
    if (!rule || used >= rule.times) continue;
    const name = `${failure.reason} ${used} ${JSON.stringify(failure.change ?? {})}`;
    const group = groups.get(name) ?? { first: failure, rule, used, tasks: [] };
    groups.set(name, group);
    if (failure.task !== undefined) group.tasks.push(failure.task);
  }
  return [...groups.values()].map(({ first, rule, used, tasks }) => {
    const change = nextChange(job, first.change, rule);
    return {
      reason: first.reason,
      ...(tasks.length > 0 ? { tasks: rangesOf(tasks) } : {}),
      ...(change ? { change } : {}),
      delaySeconds: Math.min((rule.delaySeconds ?? 1) * 2 ** used, LONGEST_DELAY_SECONDS),
    };
  });
}

function timesUsed(intents: readonly IntentRecord[], { reason, task }: Failure): number {
  return intents.filter(({ retries = [] }) =>
    retries.some((one) => one.reason === reason && (task === undefined || hasTask(one.tasks ?? [], task))),
  ).length;
}

/** What the next time changes, on top of what the time before had changed. */
function nextChange(job: ResolvedJob, before: JobChange | undefined, rule: RetryRule): JobChange | undefined {
  const { memoryFactor = 1, timeLimitFactor = 1, purchase } = rule;
  const memoryGiB = before?.resources?.memoryGiB ?? job.resources.memoryGiB;
  const timeLimitSeconds = before?.timeLimitSeconds ?? job.timeLimitSeconds;
  const change: JobChange = {
    ...(memoryFactor !== 1 && memoryGiB !== undefined ? { resources: { memoryGiB: memoryGiB * memoryFactor } } : {}),
    ...(timeLimitFactor !== 1 && timeLimitSeconds !== undefined
      ? { timeLimitSeconds: Math.ceil(timeLimitSeconds * timeLimitFactor) }
      : {}),
    ...(purchase === undefined ? {} : { purchase }),
  };
  const merged = mergeChanges(before, change);
  return Object.keys(merged).length > 0 ? merged : undefined;
}

/** The job as it is sent with a change. */
export function withChange(job: ResolvedJob, change: JobChange | undefined): ResolvedJob {
  if (!change) return job;
  const { resources, timeLimitSeconds, purchase } = change;
  return {
    ...job,
    resources: { ...job.resources, ...resources },
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(purchase === undefined ? {} : { purchase }),
  };
}
