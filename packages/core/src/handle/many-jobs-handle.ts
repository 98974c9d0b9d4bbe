import type { ArrayRefString } from '../ids/job-ref.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { ChildObservation } from '../seam/observation.ts';
import { JOB_STATES, type JobState } from '../state/job-state.ts';
import { createStream, type JobStream, type Streamed, type Streaming } from '../streams/job-stream.ts';
import { ChildSubject } from '../tracker/child-subject.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { requireOptions } from '../util/require-options.ts';
import type { Waiting } from '../util/waiting.ts';
import { childResults } from './child-results.ts';
import type { OutputSchemas } from './collect-outputs.ts';
import type { HandleServices } from './handle-services.ts';
import type { ArrayHandle, Child, JobHandle, RetryChange } from './job-handle.ts';
import { SingleJobHandle } from './single-job-handle.ts';
import { SubjectHandle, showAs } from './subject-handle.ts';

/** The handle of an array. */
export class ManyJobsHandle<Item, R> extends SubjectHandle implements ArrayHandle<Item, R> {
  readonly #schemas: OutputSchemas | undefined;
  /** The very items given to `map`; after `attach`, what the manifest says of them. */
  #items: readonly Item[] | Promise<readonly Item[]> | undefined;

  constructor(
    subject: WholeSubject,
    services: HandleServices,
    schemas: OutputSchemas | undefined,
    items: readonly Item[] | undefined,
  ) {
    super(subject, services);
    this.#schemas = schemas;
    this.#items = items;
  }

  private get array(): WholeSubject {
    return this.subject as WholeSubject;
  }

  get shape(): 'array' {
    return 'array';
  }

  get count(): number {
    return this.subject.ref.count ?? 0;
  }

  child(index: number): JobHandle<R> {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new RangeError(`This array has items 0 to ${this.count - 1}; there is no child ${index}.`);
    }
    return this.#childHandle(new ChildSubject(this.array, index));
  }

  #childHandle(subject: ChildSubject): JobHandle<R> {
    return new SingleJobHandle<R>(subject, this.services, this.#schemas);
  }

  results(options: Streaming = {}): JobStream<Streamed<Child<Item, R>>> {
    const item = async (index: number) => {
      this.#items ??= this.services.readItems(this.subject.ref) as Promise<readonly Item[]>;
      return ('then' in this.#items ? await this.#items : this.#items)[index] as Item;
    };
    const child = (row: ChildObservation & { readonly child: number }) =>
      this.#childHandle(new ChildSubject(this.array, row.child, row));
    return createStream(() => childResults<Item, R>(this.array, child, item, options));
  }

  async summary({ signal }: Waiting = {}): Promise<{ readonly [State in JobState]: number }> {
    const status = await this.subject.refresh(signal);
    const counts = this.array.counts ?? { [status.state]: this.count };
    return Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as {
      readonly [State in JobState]: number;
    };
  }

  async retryFailed(changes: RetryChange = {}, { signal }: Waiting = {}): Promise<{ readonly resubmitted: number }> {
    requireOptions(changes, ['resources', 'timeLimitSeconds'], 'retryFailed');
    return { resubmitted: await this.services.retryFailed(this.subject.ref, changes, signal) };
  }

  override toString(): ArrayRefString {
    return encodeRef(this.subject.ref) as ArrayRefString;
  }
}

showAs(ManyJobsHandle.prototype, function show(this: SubjectHandle) {
  const array = this as ManyJobsHandle<unknown, unknown>;
  return array['summaryLine'](`Array of ${array.count}`);
});
