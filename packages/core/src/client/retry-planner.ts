import { hasTask, unionOfTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { PartKey } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import { currentPart } from '../tracker/composed-status.ts';
import type { ComposedJob } from './composed-job.ts';
import type { IntentWriter } from './intent-writer.ts';
import { type Failure, planRetries, type RetryGroup } from './plan-retries.ts';
import { cancelledTasks, knownParts, standingIntents } from './recorded-parts.ts';

export interface NextAttempt {
  readonly submission: number;
  readonly reasons: readonly FailureReason[];
  readonly delaySeconds: number;
  readonly groups: readonly RetryGroup[];
}

/** Decides what of a job that has ended is tried again, and records it. */
export class RetryPlanner {
  readonly #job: ResolvedJob;
  readonly #retried: ReadonlySet<FailureReason>;
  readonly #writer: IntentWriter;

  constructor(job: ResolvedJob, retried: ReadonlySet<FailureReason>, writer: IntentWriter) {
    this.#job = job;
    this.#retried = retried;
    this.#writer = writer;
  }

  /** `undefined` when nothing is tried again. */
  async next(history: JobHistory, job: ComposedJob): Promise<NextAttempt | undefined> {
    const failures = await this.#failures(history, job);
    const groups = planRetries(this.#job, this.#retried, standingIntents(history), failures);
    if (groups.length === 0) return undefined;
    return {
      submission: (history.intents.at(-1)?.submission ?? 1) + 1,
      reasons: [...new Set(groups.map(({ reason }) => reason))],
      delaySeconds: Math.max(...groups.map((group) => group.delaySeconds)),
      groups,
    };
  }

  record(history: JobHistory, { submission, groups }: NextAttempt): Promise<readonly PartKey[]> {
    return this.#writer.again(history, submission, byChange(groups), {
      retries: groups.map(({ reason, tasks }) => ({ reason, ...(tasks ? { tasks } : {}) })),
      reason: `after ${[...new Set(groups.map(({ reason }) => reason))].join(', ')}`,
    });
  }

  async #failures(history: JobHistory, { subject }: ComposedJob): Promise<readonly Failure[]> {
    if (this.#retried.size === 0) return [];
    const changes = new Map(
      knownParts(history, standingIntents(history)).map((one) => [`${one.submission}.${one.part}`, one.change]),
    );
    const failureOf = (part: { submission: number; part: number } | undefined, failure: Failure): Failure => {
      const change = part && changes.get(`${part.submission}.${part.part}`);
      return change ? { ...failure, change } : failure;
    };
    const { state } = subject;
    if (state.count === undefined) {
      const newest = state.parts.findLast(({ fate }) => fate !== 'absent');
      const status = newest?.subject?.status ?? newest?.refusal;
      return status?.state === 'failed' ? [failureOf(newest, { reason: status.reason })] : [];
    }
    const cancelled = cancelledTasks(history);
    const failures: Failure[] = [];
    for await (const { child, reason } of failedChildren(subject)) {
      if (!this.#retried.has(reason) || hasTask(cancelled, child)) continue;
      failures.push(failureOf(currentPart(state, child), { reason, task: child }));
    }
    return failures;
  }
}

/** What is changed in the same way goes into one part, whatever it failed for. */
function byChange(groups: readonly RetryGroup[]): readonly Pick<RetryGroup, 'tasks' | 'change'>[] {
  const parts = new Map<string, Pick<RetryGroup, 'tasks' | 'change'>>();
  for (const { tasks, change } of groups) {
    const name = JSON.stringify(change ?? {});
    const both = [...(parts.get(name)?.tasks ?? []), ...(tasks ?? [])];
    parts.set(name, { ...(change ? { change } : {}), ...(tasks ? { tasks: unionOfTasks(both) } : {}) });
  }
  return [...parts.values()];
}

/** The children that failed, each where it is now, also those that may be tried again. */
export async function* failedChildren(
  subject: ComposedJob['subject'],
): AsyncGenerator<{ readonly child: number; readonly reason: FailureReason }, void, undefined> {
  let cursor: string | undefined;
  for (;;) {
    const page = await subject.listEnded({ states: ['failed'], ...(cursor === undefined ? {} : { cursor }) });
    for (const { child, status } of page.items) {
      if (typeof child === 'number' && status.state === 'failed') yield { child, reason: status.reason };
    }
    const hasMoved = page.cursor !== undefined && page.cursor !== cursor;
    cursor = page.cursor ?? cursor;
    if (page.end || !hasMoved) return;
  }
}
