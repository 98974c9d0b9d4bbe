import { ScijobError } from '../errors/scijob-error.ts';
import { SubmitRefusedError } from '../errors/submit-refused-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import { commonTasks, countTasks, withoutTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OutcomeRecord } from '../ledger/ledger-record.ts';
import type { Refusal } from '../seam/outcomes.ts';
import { isFinal } from '../state/job-status.ts';
import type { ComposedPart } from '../tracker/composed-part.ts';
import { unassignedTasks } from '../tracker/composed-status.ts';
import { keepAlive } from '../util/keep-alive.ts';
import type { ComposedJob } from './composed-job.ts';
import { nextTasks } from './cut-tasks.ts';
import type { DependencyWatch } from './dependency-watch.ts';
import type { DutyPlan } from './duty-plan.ts';
import type { KeyOwnership } from './key-ownership.ts';
import { LAST_TICK_MS, OwnerWaits } from './owner-waits.ts';
import { PartFates, type PartFatesOptions } from './part-fates.ts';
import { PartRecorder } from './part-recorder.ts';
import { PassedOnCancels } from './passed-on-cancels.ts';
import { cancelledTasks, cancelOf, openDuties, standingIntents } from './recorded-parts.ts';
import { cancelledBefore } from './refused-status.ts';
import type { RetryPlanner } from './retry-planner.ts';

export interface JobOwnerOptions extends PartFatesOptions {
  readonly ledger: Ledger;
  readonly plan: DutyPlan;
  readonly dependencies: DependencyWatch;
  readonly retries: RetryPlanner;
  /** Begun by a session that died: its caller may never have heard of the job. */
  readonly isTakenOver: boolean;
  readonly ownership: KeyOwnership;
  readonly signal: AbortSignal;
}

const FIRST_FAULT_MS = 1_000;
const ALL: readonly TaskRange[] = [[0, 0]];
/** Parts of one submission that came to nothing for certain before it is given up. */
const LOST_ON_THE_WAY = 3;
/** Tries to make a part ready before that is given up. */
const UNREADY = 10;

/**
 * Does for one job what only its owner can: sends what was held, the next part, the next attempt. Each step is decided
 * from the ledger and from what the parts are known to be, so that whoever takes over goes on in the same way; each send is
 * claimed and recorded first, so that two who both believe to be the owner do not both send.
 */
export class JobOwner {
  readonly #options: JobOwnerOptions;
  readonly #fates: PartFates;
  readonly #cancels: PassedOnCancels;
  /** The caller of submit() was told that nobody knows, or nobody is there who was told anything: no more work is created for it. */
  #isUnpromised: boolean;
  readonly #waits: OwnerWaits;
  readonly #parts: PartRecorder;
  #begun = Promise.withResolvers<void>();
  #faults = 0;
  #ended: Promise<void> | undefined;

  constructor(options: JobOwnerOptions) {
    this.#options = options;
    this.#fates = new PartFates(options);
    this.#begun.promise.catch(() => {});
    this.#isUnpromised = options.isTakenOver;
    this.#cancels = new PassedOnCancels(options.job);
    this.#waits = new OwnerWaits(options);
    this.#parts = new PartRecorder(options);
  }

  get job(): ComposedJob {
    return this.#options.job;
  }

  /** Resolves when the job is held, or the backend took a first part; rejects when it takes none, or nobody knows. */
  whenBegun(): Promise<void> {
    this.#isUnpromised = false;
    return this.#begun.promise;
  }

  /** Resolves when nothing is left to do, somebody else is the owner, or the client closes. */
  run(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  async #run(): Promise<void> {
    const { signal, job } = this.#options;
    try {
      while (!signal.aborted) {
        // A step is not broken off by the end of the program; the waits between two steps do not keep that from ending.
        const release = keepAlive();
        try {
          if (!(await this.#step(release))) break;
          this.#faults = 0;
        } catch (error) {
          release();
          if (signal.aborted) break;
          this.#reject(error);
          this.#faults += 1;
          job.slot.logger.warn({ key: job.key, err: error }, 'A step for a job could not be done; it is tried again.');
          const pauseMs = Math.min(FIRST_FAULT_MS * 2 ** this.#faults, LAST_TICK_MS);
          await job.slot.clock.sleep(pauseMs, signal).catch(() => {});
        } finally {
          release();
        }
      }
    } finally {
      job.wait(undefined);
      this.#begun.reject(signal.reason ?? takenOver(job.key));
    }
  }

  /** One step; `false` when there is nothing left for this session. */
  async #step(idle: () => void): Promise<boolean> {
    const { ledger, job } = this.#options;
    const history = await this.#options.reread();
    if (history.owner.id !== ledger.session.id) return false;
    await this.#cancels.passOn(history);
    if (openDuties(history).length === 0) {
      this.#begun.resolve();
      return false;
    }
    this.#reportBegun(history);
    if (await this.#fates.settle(history, !this.#isUnpromised)) return true;
    const cancel = cancelOf(history);
    if (cancel) return this.#stop(history, cancel.reason, idle);
    const refused = this.#refusedBefore(history);
    if (refused) return this.#giveUp(history, refused);
    const open = this.#unassigned(history);
    const unwanted = job.subject.state.count === undefined ? [] : commonTasks(open, cancelledTasks(history));
    if (unwanted.length > 0) {
      await this.#parts.refuse(history, unwanted, cancelledBefore('its task was cancelled'));
      return true;
    }
    if (open.length > 0 && (await this.#sendNext(history, open))) return true;
    if (open.length === 0 && (await this.#close(history, ['dependency', 'submit', 'next-part']))) return true;
    const isAlive = job.subject.state.parts.some(({ subject }) => subject && !isFinal(subject.status));
    if (isAlive || open.length > 0) {
      idle();
      await this.#waits.forChange(open.length > 0);
      return true;
    }
    return this.#retryOrSettle(history, idle);
  }

  #reject(error: unknown): void {
    const isTold = this.job.subject.state.parts.some(({ fate }) => fate === 'accepted');
    // Whoever was given a handle is not to be told that there is none.
    if (isTold) return;
    this.#begun.reject(error);
    this.#begun = rearmed();
    if (!openDuties(this.job.history).some(({ duty }) => duty === 'dependency')) this.#isUnpromised = true;
  }

  #reportBegun(history: JobHistory): void {
    const { parts } = this.job.subject.state;
    if (parts.some(({ fate }) => fate === 'accepted')) this.#begun.resolve();
    const isHeld = openDuties(history).some(({ duty }) => duty === 'dependency');
    if (parts.length === 0 && isHeld) this.#begun.resolve();
  }

  /** What of the newest submission no part runs: items of an array, `ALL` for a single job. */
  #unassigned(history: JobHistory): readonly TaskRange[] {
    const { state } = this.job.subject;
    const newest = history.intents.at(-1)?.submission ?? 1;
    if (state.count !== undefined) return unassignedTasks(state, newest);
    const isSent = state.parts.some(({ submission, fate }) => submission === newest && fate !== 'absent');
    return isSent ? [] : ALL;
  }

  /** Sends the next part, if something may run now; refuses for good what will never run. */
  async #sendNext(history: JobHistory, open: readonly TaskRange[]): Promise<boolean> {
    const { dependencies, plan, job } = this.#options;
    const isArray = job.subject.state.count !== undefined;
    const { ready, unmet } = await dependencies.evaluate(open);
    for (const { tasks, code, message } of unmet) {
      await this.#parts.refuse(history, isArray ? tasks : undefined, { code, message, retryable: false });
    }
    if (unmet.length > 0) return true;
    if (!isArray) {
      if (ready.length === 0) return false;
      return (await this.#backOffFrom(history, undefined)) || this.#send(history, undefined);
    }
    const { parts, count = 0 } = job.subject.state;
    // One native array has one set of resources: what is changed differently goes by itself.
    const alike = oneGroup(history, ready);
    const isMoreToCome = countTasks(ready) < countTasks(open);
    const tasks = nextTasks(alike, {
      itemsPerPart: plan.itemsPerPart ?? 1,
      alive: aliveTasks(parts),
      isMoreToCome,
      count,
      ...(plan.window === undefined ? {} : { window: plan.window }),
    });
    if (tasks.length === 0) return false;
    return (await this.#backOffFrom(history, tasks)) || this.#send(history, tasks);
  }

  /** The refusal that ends a job which no part of was ever taken: the first attempt is the caller's, who is told. */
  #refusedBefore(history: JobHistory) {
    if (openDuties(history).some(({ duty }) => duty === 'dependency')) return undefined;
    if (this.job.subject.state.parts.some(({ fate }) => fate === 'accepted')) return undefined;
    const [first] = standingIntents(history);
    const own = history.outcomes.filter((one) => one.submission === first?.submission);
    const refused = own.findLast(({ outcome }) => outcome === 'refused');
    if (refused?.error) return refused.error;
    const absent = own.filter(({ outcome }) => outcome === 'absent');
    // So many times as its tasks were sent, not so many as it has parts.
    const times = Math.floor(absent.length / Math.max(1, first?.parts.length ?? 1));
    const isOver = times >= LOST_ON_THE_WAY || (absent.length > 0 && this.#isUnpromised);
    return isOver && absent[0] ? this.#refusalOf(absent[0], Math.max(times, 1)) : undefined;
  }

  async #giveUp(history: JobHistory, error: Refusal): Promise<boolean> {
    const { slot } = this.job;
    const isWhole = this.job.subject.state.count === undefined;
    if (!history.outcomes.some(({ outcome }) => outcome === 'refused')) {
      await this.#parts.refuse(history, isWhole ? undefined : this.#unassigned(history), error);
    }
    await this.#close(history, undefined, 'abandoned');
    this.#reject(
      error.code === 'UNSUPPORTED' ? new UnsupportedError(error.message) : new SubmitRefusedError(slot.name, error),
    );
    return true;
  }

  /**
   * After parts that came to nothing, one after the other: not at once again, and not for ever. A backend that is full is
   * waited for; what does not arrive, or cannot be made ready, is given up. `true` when the next step has to look anew.
   */
  async #backOffFrom(history: JobHistory, tasks: readonly TaskRange[] | undefined): Promise<boolean> {
    const submission = history.intents.at(-1)?.submission ?? 1;
    const own = history.outcomes.filter((one) => one.submission === submission);
    const accepted = own.findLastIndex(({ outcome }) => outcome === 'accepted');
    const failed = own.slice(accepted + 1).filter(({ outcome, error }) => outcome === 'absent' || error?.retryable);
    const last = failed.at(-1);
    if (!last) return false;
    const lost = failed.filter(({ outcome }) => outcome === 'absent').length;
    const unready = failed.filter(({ error }) => error?.code === 'PREPARE_FAILED').length;
    if (lost >= LOST_ON_THE_WAY || unready >= UNREADY) {
      await this.#parts.refuse(history, tasks, { ...this.#refusalOf(last, lost), retryable: false });
      return true;
    }
    const { job } = this.#options;
    job.wait({
      state: 'held',
      attempt: `${submission}.0`,
      at: job.slot.now(),
      waitingFor: 'limit',
      raw: this.#refusalOf(last, lost).message,
    });
    await this.#waits.sleep(Math.min(FIRST_FAULT_MS * 2 ** failed.length, LAST_TICK_MS));
    const now = await this.#options.reread();
    return cancelOf(now) !== undefined || now.outcomes.length !== history.outcomes.length;
  }

  #refusalOf({ error }: OutcomeRecord, lost: number): Refusal {
    if (error) return error;
    const message = `It did not arrive at "${this.job.slot.name}" ${lost} times, and none of them exists. Look at the backend, then submit again.`;
    return { code: 'INFRASTRUCTURE', message, retryable: false };
  }

  /** Records the next part; the next step sends it. */
  async #send(history: JobHistory, tasks: readonly TaskRange[] | undefined): Promise<boolean> {
    const key = await this.#parts.record(history, tasks);
    this.#fates.add(key);
    return true;
  }

  /** Somebody asked for the whole job to be stopped: nothing more is sent, and what lives is asked to end. */
  async #stop(history: JobHistory, reason: string, idle: () => void): Promise<boolean> {
    const { job } = this.#options;
    const { state } = job.subject;
    const open = this.#unassigned(history);
    if (open.length > 0) {
      await this.#parts.refuse(history, state.count === undefined ? undefined : open, cancelledBefore(reason));
      return true;
    }
    const alive = state.parts.filter(({ subject }) => subject && !isFinal(subject.status));
    if (alive.length === 0) {
      await this.#close(history, undefined, 'abandoned');
      return true;
    }
    idle();
    await this.#waits.forChange(false);
    return true;
  }

  async #retryOrSettle(history: JobHistory, idle: () => void): Promise<boolean> {
    const { retries, job } = this.#options;
    const next = await retries.next(history, job);
    if (next === undefined) {
      await this.#close(history, undefined);
      return true;
    }
    const attempt = `${next.submission}.0` as const;
    const raw = `is tried again in ${next.delaySeconds} s, after ${next.reasons.join(', ')}`;
    job.wait({ state: 'held', attempt, at: job.slot.now(), raw });
    // Slept before anything is recorded: whoever takes over meanwhile waits again, and a cancel is still heard.
    idle();
    await this.#waits.sleep(next.delaySeconds * 1_000);
    const release = keepAlive();
    try {
      return await this.#retryNow();
    } finally {
      release();
    }
  }

  async #retryNow(): Promise<boolean> {
    const { retries, job } = this.#options;
    const now = await this.#options.reread();
    if (cancelOf(now) || now.owner.id !== this.#options.ledger.session.id) return true;
    // Planned anew: some of its tasks may have been cancelled meanwhile.
    const left = await retries.next(now, job);
    if (left) for (const key of await retries.record(now, left)) this.#fates.add(key);
    job.update(await this.#options.reread());
    job.wait(undefined);
    return true;
  }

  /** Duties that are done, or given up; all of them when none is named. */
  async #close(
    history: JobHistory,
    duties: readonly string[] | undefined,
    state: 'done' | 'abandoned' = 'done',
  ): Promise<boolean> {
    const { ledger, job } = this.#options;
    const closing = openDuties(history).filter(({ duty }) => duties === undefined || duties.includes(duty));
    if (closing.length === 0) return false;
    await Promise.all(closing.map(({ name }) => ledger.append({ type: 'duty', key: job.key, duty: name, state })));
    job.update(await this.#options.reread());
    return true;
  }
}

function takenOver(key: string): ScijobError {
  return new ScijobError(
    'TAKEN_OVER',
    `Another client acts for the job ${JSON.stringify(key)} now, and what becomes of it is in the ledger: attach to it, or submit again with its key.`,
  );
}

/** The first of these tasks that are changed alike by the newest submission. */
function oneGroup(history: JobHistory, ready: readonly TaskRange[]): readonly TaskRange[] {
  const changes = history.intents.at(-1)?.changes ?? [];
  for (const { tasks = [] } of changes) {
    const own = commonTasks(ready, tasks);
    if (own.length > 0) return own;
  }
  return withoutTasks(
    ready,
    changes.flatMap(({ tasks = [] }) => tasks),
  );
}

/** Tasks that run, or may. */
function aliveTasks(parts: readonly ComposedPart[]): number {
  return parts.reduce((sum, { subject, size, fate }) => {
    if (fate === 'pending' || fate === 'unknown') return sum + size;
    if (!subject || isFinal(subject.status)) return sum;
    const { succeeded = 0, failed = 0, cancelled = 0, lost = 0 } = subject.counts ?? {};
    return sum + size - succeeded - failed - cancelled - lost;
  }, 0);
}

function rearmed(): PromiseWithResolvers<void> {
  const begun = Promise.withResolvers<void>();
  begun.promise.catch(() => {});
  return begun;
}
