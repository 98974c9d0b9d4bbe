import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRefString } from '../ids/job-ref.ts';
import type { OutputRef } from '../job/output.ts';
import { encodeRef } from '../seam/encode-ref.ts';
import type { FinalStatus } from '../state/job-status.ts';
import { FINISH, type Finisher } from '../tracker/end-waiter.ts';
import type { Subject } from '../tracker/subject.ts';
import type { Waiting } from '../util/waiting.ts';
import { collectOutputs, type OutputSchemas } from './collect-outputs.ts';
import type { HandleServices } from './handle-services.ts';
import { JobFailedError } from './job-failed-error.ts';
import type { JobHandle } from './job-handle.ts';
import { logTail } from './log-tail.ts';
import { SubjectHandle, showAs } from './subject-handle.ts';

const TAIL_LINES = 20;

/** The handle of one job, or of one child of an array. */
export class SingleJobHandle<R> extends SubjectHandle implements JobHandle<R>, Finisher<R> {
  readonly #schemas: OutputSchemas | undefined;

  constructor(subject: Subject, services: HandleServices, schemas: OutputSchemas | undefined) {
    super(subject, services);
    this.#schemas = schemas;
  }

  get shape(): 'job' {
    return 'job';
  }

  get outputs(): { readonly [Key in keyof R]: OutputRef<R[Key]> } {
    const job = this.toString();
    const names = Object.keys(this.subject.ref.places);
    return Object.fromEntries(names.map((output) => [output, { job, output }])) as {
      readonly [Key in keyof R]: OutputRef<R[Key]>;
    };
  }

  result({ signal }: Waiting = {}): Promise<R> {
    return this.subject.whenEnded(this, signal);
  }

  /** What the end of the job gives: its outputs, or why there are none. */
  async [FINISH](status: FinalStatus, signal: AbortSignal | undefined): Promise<R> {
    const { subject } = this;
    if (status.state === 'succeeded') return (await collectOutputs(subject, this.#schemas, signal)) as R;
    const tail = await logTail(subject, TAIL_LINES, signal);
    const what = subject.child === undefined ? 'The job' : `Task ${subject.child} of the array`;
    throw new JobFailedError(what, status, tail, this.toString());
  }

  rerun({ signal }: Waiting = {}): Promise<JobHandle<R>> {
    const { ref, child } = this.subject;
    if (child !== undefined) {
      return Promise.reject(
        new UnsupportedError(
          'One task of an array cannot be run again by itself: use retryFailed(), or map over its item.',
        ),
      );
    }
    return this.services.rerun<R>(ref, this.#schemas, signal);
  }

  /** A child's ref is its array's, with the index. */
  override toString(): JobRefString {
    const { ref, child } = this.subject;
    return encodeRef(child === undefined ? ref : { ...ref, child }) as JobRefString;
  }
}

showAs(SingleJobHandle.prototype, function show(this: SubjectHandle) {
  const { child } = this['subject'];
  return this['summaryLine'](child === undefined ? 'Job' : `Task ${child} of array`);
});
