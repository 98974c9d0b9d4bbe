import type { ArtifactInfo, ArtifactQuery, CancelTarget, ChildObservation, LogQuery } from '../seam/observation.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { mergeStatus } from '../state/merge-status.ts';
import type { Usage } from '../state/usage.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { LOST_AFTER_AWAKE_MS } from './apply-sweep.ts';
import { type Cadence, createCadence, DEFAULT_CADENCE } from './cadence.ts';
import type { Finisher } from './end-waiter.ts';
import { finishAfter } from './finish-after.ts';
import { isAnswer } from './retry-read.ts';
import type { Subject, WholeSubject } from './subject.ts';

/** One task of an array: looked at only while somebody asks, once per change of the array. */
export class ChildSubject implements Subject {
  readonly slot: AdapterSlot;
  readonly child: number;
  readonly #array: WholeSubject;
  #status: JobStatus;
  #usage: Usage | undefined;
  #isSeen: boolean;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Since when its array has ended without a row of its own. */
  #rowlessSinceMs: number | undefined;

  /** `row` is what is already known of the child, if anything. */
  constructor(array: WholeSubject, child: number, row?: Pick<ChildObservation, 'status' | 'usage'>) {
    this.slot = array.slot;
    this.child = child;
    this.#array = array;
    this.#status = row?.status ?? { state: 'queued', attempt: array.status.attempt, at: array.status.at };
    this.#isSeen = row !== undefined;
    this.#usage = row?.usage;
  }

  get ref() {
    return this.#array.ref;
  }

  get status() {
    return this.#status;
  }

  get usage() {
    return this.#usage;
  }

  get nativeRef() {
    return this.#array.nativeRefOf(this.child);
  }

  readLogs(query: LogQuery, signal?: AbortSignal) {
    return this.#array.readLogs({ ...query, child: this.child }, signal);
  }

  listArtifacts(query: ArtifactQuery, signal?: AbortSignal) {
    return this.#array.listArtifacts({ ...query, child: this.child }, signal);
  }

  openArtifact(artifact: ArtifactInfo, signal?: AbortSignal) {
    return this.#array.openArtifact({ child: this.child, ...artifact }, signal);
  }

  cancelTargets(): readonly CancelTarget[] {
    const ref = this.nativeRef;
    return ref ? [{ ref, children: [this.child] }] : [];
  }

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    if (isFinal(this.#status)) return this.#status;
    const row = await this.#readRow(signal);
    this.#lookedAtMs = this.slot.clock.monotonicMs();
    return this.#take(row);
  }

  /** A page may be empty and say, by a cursor that moved, that there is more. */
  async #readRow(signal: AbortSignal | undefined): Promise<ChildObservation | undefined> {
    let cursor: string | undefined;
    for (;;) {
      const query = { index: this.child, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#array.listChildren(query, signal);
      const row = page.items.find(({ child }) => child === this.child);
      if (row || page.end || page.cursor === undefined || page.cursor === cursor) return row;
      cursor = page.cursor;
    }
  }

  #take(row: ChildObservation | undefined): JobStatus {
    if (row) {
      this.#status = this.#isSeen ? mergeStatus(this.#status, row.status) : row.status;
      this.#isSeen = true;
      this.#usage = row.usage ?? this.#usage;
    }
    return this.#status;
  }

  whenEnded<T>(finisher: Finisher<T>, signal?: AbortSignal): Promise<T> {
    return finishAfter(this, finisher, signal);
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    const cadence = createCadence(this.slot.adapter.capabilities.cadence ?? DEFAULT_CADENCE);
    for (;;) {
      const { version } = this.#array;
      const arrayEnded = isFinal(this.#array.status);
      const answered = await this.#look(cadence, signal);
      if (this.#status !== known) return this.#status;
      if (answered && !arrayEnded) {
        await this.#array.waitForChange(version, signal);
        continue;
      }
      if (answered && this.#settleWithArray()) return this.#status;
      await this.slot.clock.sleep(cadence.next(), signal);
    }
  }

  /**
   * Whether it has ended, from the list all children share; where it is until then, by a look of its own, more and more
   * seldom. `false` when the backend could not be asked: that changes nothing.
   */
  async #look(cadence: Cadence, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      this.#take(await this.#array.endedChildren.row(this.child, signal));
      const isDue = this.slot.clock.monotonicMs() - this.#lookedAtMs >= cadence.currentMs;
      if (!isFinal(this.#status) && isDue) {
        cadence.next();
        await this.refresh(signal);
      }
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (this.slot.closed || isAnswer(error)) throw error;
      this.slot.logger.debug({ adapter: this.slot.name, err: error }, 'A task of an array could not be looked at.');
      return false;
    }
  }

  /** The array has ended and this child has no row: it shares a success that is complete, else it is lost by the usual rule. */
  #settleWithArray(): boolean {
    const { counts, status } = this.#array;
    if (status.state === 'succeeded' && counts?.succeeded === this.ref.count) {
      this.#status = { ...status };
      return true;
    }
    const { clock } = this.slot;
    this.#rowlessSinceMs ??= clock.monotonicMs();
    if (clock.monotonicMs() - this.#rowlessSinceMs < LOST_AFTER_AWAKE_MS) return false;
    this.#status = {
      state: 'lost',
      attempt: this.#status.attempt,
      at: clock.now(),
      reason: 'unknown',
      message: `The array has ended, but nothing says how its task ${this.child} did.`,
    };
    return true;
  }
}
