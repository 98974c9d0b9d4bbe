import type { EndLine } from '../end-line.ts';
import type { PartRecord } from '../part-record.ts';
import type { RetryLine } from '../retry-line.ts';
import { retryBudgetOf, toDelayMs } from '../retry-policy.ts';

/** What follows the end of an attempt: `undefined` when that was the task's end. Each reason has a budget of its own. Pure. */
export function planRetry(
  job: PartRecord['job'],
  end: EndLine,
  before: readonly RetryLine[],
  nowMs: number,
): RetryLine | undefined {
  if (end.state !== 'failed' || end.reason === undefined) return undefined;
  const budget = retryBudgetOf(job, end.reason);
  const used = before.filter((line) => line.end.reason === end.reason).length;
  if (!budget || used >= budget.times) return undefined;
  return { end, dueAt: nowMs + toDelayMs(budget, used) };
}
