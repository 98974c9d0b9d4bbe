import { commonTasks, eachTask, rangesOf, withoutTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import { isFinal } from '../state/job-status.ts';
import { cancelNative } from '../tracker/cancel-native.ts';
import type { ComposedPart } from '../tracker/composed-part.ts';
import type { ComposedJob } from './composed-job.ts';
import { cancelledTasks, cancelOf } from './recorded-parts.ts';

/**
 * Cancels that an owner passes on to the backend. Whoever cancels asks every native object that he knows of; one that was
 * sent at that moment he may not know, and then his record is in what the owner reads after the send.
 */
export class PassedOnCancels {
  readonly #job: ComposedJob;
  readonly #asked = new Set<ComposedPart>();
  readonly #askedTasks = new Set<number>();

  constructor(job: ComposedJob) {
    this.#job = job;
  }

  async passOn(history: JobHistory): Promise<void> {
    const { slot, subject } = this.#job;
    const alive = subject.state.parts.filter((part) => part.subject && !isFinal(part.subject.status));
    if (alive.length === 0) return;
    const cancel = cancelOf(history);
    if (cancel) {
      const parts = alive.filter((part) => !this.#asked.has(part));
      const targets = parts.flatMap((part) => part.subject?.cancelTargets() ?? []);
      await cancelNative(slot, targets, cancel.reason);
      for (const part of parts) this.#asked.add(part);
      return;
    }
    const unwanted = withoutTasks(cancelledTasks(history), rangesOf(this.#askedTasks));
    const targets = alive.flatMap(({ subject: native, tasks = [] }) => {
      const children = [...eachTask(commonTasks(tasks, unwanted))];
      return native && children.length > 0 ? [{ ref: native.ref, children }] : [];
    });
    await cancelNative(slot, targets, 'its task was cancelled');
    for (const { children } of targets) for (const child of children) this.#askedTasks.add(child);
  }
}
