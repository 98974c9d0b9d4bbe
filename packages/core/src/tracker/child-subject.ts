import type { ChildObservation } from '../seam/observation.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import { mergeStatus } from '../state/merge-status.ts';
import type { Usage } from '../state/usage.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import type { JobSubject } from './job-subject.ts';
import type { Subject } from './subject.ts';

/** How long a child without a row of its own may stay open after its array has ended. */
const ROW_GRACE_MS = 30_000;

/** One task of an array: looked at only while somebody asks, once per change of the array. */
export class ChildSubject implements Subject {
  readonly slot: AdapterSlot;
  readonly child: number;
  readonly #array: JobSubject;
  #status: JobStatus;
  #usage: Usage | undefined;

  /** `row` is what is already known of the child, if anything. */
  constructor(array: JobSubject, child: number, row?: Pick<ChildObservation, 'status' | 'usage'>) {
    this.slot = array.slot;
    this.child = child;
    this.#array = array;
    this.#status = row?.status ?? { state: 'queued', attempt: array.status.attempt, at: array.status.at };
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

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    if (isFinal(this.#status)) return this.#status;
    const { adapter } = this.slot;
    const page = await this.slot.call(
      (context) => adapter.listChildren(this.ref, { index: this.child }, context),
      signal ? { signal } : {},
    );
    const row = page.items.find(({ child }) => child === this.child);
    if (row) {
      this.#status = mergeStatus(this.#status, row.status);
      this.#usage = row.usage ?? this.#usage;
    }
    return this.#status;
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    let endedAtMs: number | undefined;
    for (;;) {
      const { version } = this.#array.job;
      const arrayEnded = isFinal(this.#array.status);
      const status = await this.refresh(signal);
      if (status !== known) return status;
      if (!arrayEnded) {
        await this.#array.waitForChange(version, signal);
        continue;
      }
      // The array has ended and this child has no row: it shares a success, else it is waited for and then lost.
      if (this.#array.status.state === 'succeeded') return this.#end({ ...this.#array.status });
      endedAtMs ??= this.slot.clock.monotonicMs();
      if (this.slot.clock.monotonicMs() - endedAtMs > ROW_GRACE_MS) {
        return this.#end({
          state: 'lost',
          attempt: status.attempt,
          at: this.slot.clock.now(),
          reason: 'unknown',
          message: `The array has ended, but nothing says how its task ${this.child} did.`,
        });
      }
      await this.slot.clock.sleep(1_000, signal);
    }
  }

  #end(status: JobStatus): JobStatus {
    this.#status = status;
    return status;
  }
}
