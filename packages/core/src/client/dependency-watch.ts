import type { TaskRange } from '../ids/job-ref.ts';
import { commonTasks, eachTask, rangesOf, unionOfTasks, withoutTasks } from '../ids/task-ranges.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { DependencyCondition } from '../seam/part.ts';
import { ENDED_STATES, type FinalState } from '../state/job-state.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { LOST_AFTER_AWAKE_MS } from '../tracker/apply-sweep.ts';
import { retryRead } from '../tracker/retry-read.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { DEPENDENCY_FAILED, NOT_NEEDED } from './refused-status.ts';

/** What the jobs somebody waits for say about some of their tasks, or about all. */
export interface Verdict {
  /** May run now. For a single job, index 0. */
  readonly ready: readonly TaskRange[];
  /** Will never run, and why. */
  readonly unmet: readonly { readonly tasks: readonly TaskRange[]; readonly code: string; readonly message: string }[];
}

interface Watched {
  readonly dependency: RecordedDependency;
  readonly subject: WholeSubject;
  /** Tasks of an array that have ended, read page after page. */
  readonly ended: Map<FinalState, number[]>;
  cursor: string | undefined;
  version: number;
  /** Since when its array has ended with tasks that have no row. */
  rowlessSinceMs?: number;
}

/** Waits for other jobs, on any backend, on behalf of one that is held. */
export class DependencyWatch {
  readonly #dependencies: readonly RecordedDependency[];
  readonly #follow: (ref: string) => Promise<WholeSubject>;
  #watched: readonly Watched[] | undefined;

  constructor(dependencies: readonly RecordedDependency[], follow: (ref: string) => Promise<WholeSubject>) {
    this.#dependencies = dependencies;
    this.#follow = follow;
  }

  /** What of `tasks` may run. */
  async evaluate(tasks: readonly TaskRange[]): Promise<Verdict> {
    let ready = tasks;
    const unmet: Verdict['unmet'][number][] = [];
    for (const watched of await this.#all()) {
      // Taken before it is looked at: what changes meanwhile is then noticed at once.
      watched.version = watched.subject.version;
      const { met, failed } = await this.#verdictOf(watched, tasks);
      ready = commonTasks(ready, met);
      for (const one of failed) {
        const left = withoutTasks(
          one.tasks,
          unmet.flatMap((known) => known.tasks),
        );
        if (left.length > 0) unmet.push({ ...one, tasks: left });
      }
    }
    return {
      ready: withoutTasks(
        ready,
        unmet.flatMap((one) => one.tasks),
      ),
      unmet,
    };
  }

  /** The versions of all that is waited for: to wait for a change of any. */
  async changed(signal: AbortSignal): Promise<void> {
    const waiting = (await this.#all())
      .filter(({ subject }) => !isFinal(subject.status) || subject.status.state === 'lost')
      .map(({ subject, version }) => subject.waitForChange(version, signal));
    if (waiting.length === 0) return new Promise(() => {});
    return Promise.race(waiting);
  }

  async #all(): Promise<readonly Watched[]> {
    this.#watched ??= await Promise.all(
      this.#dependencies.map(async (dependency) => ({
        dependency,
        subject: await this.#follow(dependency.ref),
        ended: new Map<FinalState, number[]>(),
        cursor: undefined,
        version: -1,
      })),
    );
    return this.#watched;
  }

  async #verdictOf(
    watched: Watched,
    tasks: readonly TaskRange[],
  ): Promise<{ readonly met: readonly TaskRange[]; readonly failed: Verdict['unmet'] }> {
    const { dependency, subject } = watched;
    const { condition } = dependency;
    const named = `the job ${JSON.stringify(decodeRef(dependency.ref).key)}`;
    if (condition !== 'aftercorr' && dependency.tasks === undefined) {
      const { status } = subject;
      const outcome = outcomeOf(condition, status);
      return judged(outcome, tasks, `${named} ${described(status)}`, condition);
    }
    await this.#readEnded(watched);
    const by = (state: FinalState) => rangesOf(watched.ended.get(state) ?? []);
    const bad = unionOfTasks([...by('failed'), ...by('cancelled'), ...by('lost')]);
    if (condition === 'aftercorr') {
      const failed = commonTasks(tasks, bad);
      const message = `The task of the same index of ${named} did not succeed.`;
      return {
        met: commonTasks(tasks, by('succeeded')),
        failed: failed.length > 0 ? [{ tasks: failed, code: DEPENDENCY_FAILED, message }] : [],
      };
    }
    const wanted = dependency.tasks ?? [];
    const left = withoutTasks(wanted, unionOfTasks([...bad, ...by('succeeded')]));
    const wrong = commonTasks(wanted, bad);
    const outcome = childOutcome(condition, left.length === 0, wrong.length > 0);
    return judged(outcome, tasks, `${named}: a task of it that is waited for did not end as it should`, condition);
  }

  async #readEnded(watched: Watched): Promise<void> {
    const { subject, ended } = watched;
    for (;;) {
      const query = { states: ENDED_STATES, ...(watched.cursor === undefined ? {} : { cursor: watched.cursor }) };
      const page = await retryRead(() => subject.listChildren(query), { clock: subject.slot.clock });
      for (const { child, status } of page.items) {
        if (typeof child !== 'number' || !isFinal(status)) continue;
        const list = ended.get(status.state);
        if (list) list.push(child);
        else ended.set(status.state, [child]);
      }
      const moved = page.cursor !== undefined && page.cursor !== watched.cursor;
      watched.cursor = page.cursor ?? watched.cursor;
      if (page.end || page.items.length === 0 || !moved) break;
    }
    this.#complement(watched);
  }

  /** The array has ended and some of its tasks have no row: they share a success that is complete, else they are lost by the usual rule. */
  #complement(watched: Watched): void {
    const { subject, ended } = watched;
    const count = subject.ref.count ?? 0;
    const known = [...ended.values()].reduce((sum, list) => sum + list.length, 0);
    if (!isFinal(subject.status) || known >= count) return;
    const nowMs = subject.slot.clock.monotonicMs();
    watched.rowlessSinceMs ??= nowMs;
    const isComplete = subject.status.state === 'succeeded' && subject.counts?.succeeded === count;
    if (!isComplete && nowMs - watched.rowlessSinceMs < LOST_AFTER_AWAKE_MS) return;
    const rowless = withoutTasks([[0, count - 1]], rangesOf([...ended.values()].flat()));
    const state = isComplete ? 'succeeded' : 'lost';
    ended.set(state, [...(ended.get(state) ?? []), ...eachTask(rowless)]);
  }
}

type Outcome = 'waiting' | 'met' | 'unmet' | 'not-needed';

/** A job that is lost has not ended for certain: nothing is begun on its account. */
function outcomeOf(condition: DependencyCondition, status: JobStatus): Outcome {
  if (!isFinal(status)) return 'waiting';
  if (status.state === 'lost') return 'unmet';
  switch (condition) {
    case 'afterany':
      return 'met';
    case 'afternotok':
      return status.state === 'succeeded' ? 'not-needed' : 'met';
    case 'afterok':
    case 'aftercorr':
      return status.state === 'succeeded' ? 'met' : 'unmet';
  }
}

function childOutcome(condition: DependencyCondition, hasEnded: boolean, hasFailed: boolean): Outcome {
  if (condition === 'afterok') return hasFailed ? 'unmet' : hasEnded ? 'met' : 'waiting';
  if (condition === 'afternotok') return hasFailed ? 'met' : hasEnded ? 'not-needed' : 'waiting';
  return hasEnded ? 'met' : 'waiting';
}

function judged(outcome: Outcome, tasks: readonly TaskRange[], why: string, condition: DependencyCondition) {
  switch (outcome) {
    case 'met':
      return { met: tasks, failed: [] };
    case 'waiting':
      return { met: [], failed: [] };
    case 'unmet':
      return {
        met: [],
        failed: [{ tasks, code: DEPENDENCY_FAILED, message: `It never ran: it was to run ${condition} ${why}.` }],
      };
    case 'not-needed':
      return {
        met: [],
        failed: [
          { tasks, code: NOT_NEEDED, message: `It never ran, and need not: it was to run ${condition} ${why}.` },
        ],
      };
  }
}

function described(status: JobStatus): string {
  return isFinal(status) && status.state !== 'succeeded'
    ? `, which is ${status.state} (${status.reason}: ${status.message})`
    : `, which is ${status.state}`;
}
