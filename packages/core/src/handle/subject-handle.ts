import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { ArrayRefString, JobRefString } from '../ids/job-ref.ts';
import type { Artifact } from '../job/artifact.ts';
import type { Duty } from '../seam/duty.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { Explanation } from '../seam/observation.ts';
import { JOB_STATES, type JobState, STATE_RANK } from '../state/job-state.ts';
import { type FinalStatus, isFinal, type JobStatus } from '../state/job-status.ts';
import type { Usage } from '../state/usage.ts';
import { artifacts } from '../streams/artifact-stream.ts';
import { type JobEvent, jobEvents } from '../streams/event-stream.ts';
import { createStream, type JobStream, type Streamed, type Streaming } from '../streams/job-stream.ts';
import { createLogStream, type LogStream } from '../streams/log-stream.ts';
import { statusChanges } from '../streams/status-stream.ts';
import { cancelNative } from '../tracker/cancel-native.ts';
import { asItIs } from '../tracker/end-waiter.ts';
import type { Subject, WholeSubject } from '../tracker/subject.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { printable } from '../util/printable.ts';
import type { Waiting } from '../util/waiting.ts';
import type { HandleServices } from './handle-services.ts';
import type { AttemptRecord, BaseHandle } from './job-handle.ts';

/** What handles of single jobs, of arrays and of children share. */
export abstract class SubjectHandle implements BaseHandle {
  readonly #subject: Subject;
  protected readonly services: HandleServices;

  constructor(subject: Subject, services: HandleServices) {
    this.#subject = subject;
    this.services = services;
  }

  /** What follows the job now. A task goes on as the task it is. */
  protected get subject(): Subject {
    return this.#subject.child === undefined ? this.services.current(this.#subject as WholeSubject) : this.#subject;
  }

  get key(): string {
    return this.subject.ref.key;
  }

  get duties(): readonly Duty[] {
    const { subject } = this;
    return 'duties' in subject ? (subject as WholeSubject).duties : [];
  }

  status({ signal }: Waiting = {}): Promise<JobStatus> {
    return this.subject.refresh(signal);
  }

  statusChanges(options: Streaming = {}): JobStream<Streamed<JobStatus>> {
    return createStream(() => statusChanges(this.subject, options));
  }

  logs(options: Streaming = {}): LogStream {
    return createLogStream(this.subject, options);
  }

  artifacts(options: Streaming = {}): JobStream<Streamed<Artifact>> {
    return createStream(() => artifacts(this.subject, options));
  }

  events(options: Streaming = {}): JobStream<JobEvent> {
    return createStream(() => jobEvents(this.subject, options));
  }

  wait({ signal }: Waiting = {}): Promise<FinalStatus> {
    return this.subject.whenEnded(asItIs, signal);
  }

  async waitFor(state: JobState, { signal }: Waiting = {}): Promise<JobStatus> {
    const rank = STATE_RANK[state];
    if (rank === undefined)
      throw new TypeError(`There is no state ${JSON.stringify(state)}. There are: ${JOB_STATES.join(', ')}.`);
    const release = keepAlive();
    try {
      let { status } = this.subject;
      while (STATE_RANK[status.state] < rank) status = await this.subject.next(status, signal);
      return status;
    } finally {
      release();
    }
  }

  async cancel(reason = 'cancelled by the user', { signal }: Waiting = {}): Promise<void> {
    const { slot, ref, child } = this.subject;
    const { status } = this.subject;
    // Of a job that is lost nobody knows whether it runs: asked to stop it is in any case.
    if (isFinal(status) && status.state !== 'lost') return;
    if (slot.adapter.capabilities.cancel === 'none') {
      throw new UnsupportedError(
        `"${slot.name}" cannot cancel ("cancel: none"). Give the job \`timeLimitSeconds\` instead.`,
      );
    }
    await this.services.recordCancel(slot, ref, reason, child);
    await cancelNative(slot, this.subject.cancelTargets(), reason, signal);
  }

  async explain({ signal }: Waiting = {}): Promise<Explanation> {
    const { slot, nativeRef, child } = this.subject;
    const { adapter } = slot;
    if (adapter.explain && nativeRef) {
      const explain = adapter.explain.bind(adapter);
      const asked = child === undefined ? nativeRef : { ...nativeRef, child };
      return slot.call((context) => explain(asked, context), signal ? { signal } : {});
    }
    const status = await this.status(signal ? { signal } : {});
    return { summary: 'message' in status ? status.message : `The job is ${status.state}.`, causes: [] };
  }

  async usage({ signal }: Waiting = {}): Promise<Usage> {
    await this.subject.refresh(signal);
    if (this.subject.usage) return this.subject.usage;
    const job = await this.services.readJob(this.subject.ref);
    return { requested: job?.resources ?? {}, quality: 'requested-only' };
  }

  async attempts({ signal }: Waiting = {}): Promise<readonly AttemptRecord[]> {
    // The ledger records the end of an array, not of each task.
    const recorded = this.subject.child === undefined ? await this.services.readAttempts(this.subject.ref) : [];
    const status = await this.subject.refresh(signal);
    if (recorded.some(({ attempt }) => attempt === status.attempt)) return recorded;
    const nativeId = this.subject.ref.submissions.at(-1)?.parts[0]?.nativeId;
    const usage = await this.usage(signal ? { signal } : {});
    return [...recorded, { attempt: status.attempt, status, usage, ...(nativeId === undefined ? {} : { nativeId }) }];
  }

  protected refString(): JobRefString | ArrayRefString {
    return encodeRef(this.subject.ref);
  }

  toJSON(): string {
    return this.toString();
  }

  abstract toString(): JobRefString | ArrayRefString;

  /** One line for notebooks and logs. */
  protected summaryLine(what: string): string {
    const { status, slot } = this.subject;
    const detail = 'message' in status ? `: ${status.message}` : status.raw === undefined ? '' : ` (${status.raw})`;
    return printable(`${what} ${this.key} on ${slot.name}: ${status.state}${detail}`);
  }
}

/** `util.inspect` shows one line: set on the prototypes, so that the declarations need no `node:util`. */
export function showAs(prototype: SubjectHandle, line: (this: SubjectHandle) => string): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value: line });
}
