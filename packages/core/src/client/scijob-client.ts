import { ClientClosedError } from '../errors/client-closed-error.ts';
import { InvalidJobError } from '../errors/invalid-job-error.ts';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { AnyHandle, ArrayHandle, JobHandle } from '../handle/job-handle.ts';
import { ManyJobsHandle } from '../handle/many-jobs-handle.ts';
import { SingleJobHandle } from '../handle/single-job-handle.ts';
import { defaultLedgerDirectory } from '../ledger/default-ledger-directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { Clock } from '../seam/clock.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { Logger } from '../seam/logger.ts';
import type { SubmissionPlan } from '../seam/submission-plan.ts';
import type { FinalStatus } from '../state/job-status.ts';
import { createStream, type JobStream } from '../streams/job-stream.ts';
import type { JobSubject } from '../tracker/job-subject.ts';
import type { TrackedJob } from '../tracker/tracked-job.ts';
import type { Json } from '../util/json.ts';
import { requireOptions } from '../util/require-options.ts';
import type { Waiting } from '../util/waiting.ts';
import { arrayManifest } from './array-manifest.ts';
import { type ArrayItems, buildRequest, checkedSchemas } from './build-request.ts';
import type { Adapters, AttachOptions, AuditQuery, JobQuery } from './client.ts';
import { clientServices } from './client-services.ts';
import { formatFinalStatus, isHistoryOf, mergeSubmissions, refOfHistory } from './job-history-ref.ts';
import type { JobRequest } from './job-request.ts';
import { type Lane, Lanes } from './lanes.ts';
import { listJobs } from './list-jobs.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type PlacementOptions, requirePlacement } from './placement.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { type AnyJob, requireJob } from './resolve-job.ts';
import { type Submitted, Submitter } from './submitter.ts';
import { handleOf, trackJob } from './track-job.ts';

export interface ScijobClientOptions<A extends Adapters> {
  readonly adapters: A;
  readonly ledger?: string | Ledger;
  readonly logger: Logger;
  readonly clock: Clock;
}

const AUDIT_QUERY = ['name', 'tag', 'since', 'signal'];
const JOB_QUERY = ['state', ...AUDIT_QUERY];

/** What `createClient` makes. Its methods take `unknown`: users see them through the types of `Client`. */
export class ScijobClient<A extends Adapters> {
  readonly adapters: A;
  readonly #options: ScijobClientOptions<A>;
  readonly #lanes: Lanes;
  readonly #services;
  readonly #submitting = new Set<Promise<unknown>>();
  #ledger: Promise<Ledger> | undefined;
  readonly #closing = new AbortController();

  constructor(options: ScijobClientOptions<A>) {
    this.adapters = options.adapters;
    this.#options = options;
    this.#lanes = new Lanes({ ...options, onEnd: (job, status) => this.#recordEnd(job, status) });
    this.#services = clientServices(() => this.#openLedger());
  }

  async submit(job: unknown, given?: unknown): Promise<JobHandle<unknown>> {
    const options = requirePlacement(given, 'submit');
    const checked = requireJob(job);
    const lane = this.#lanes.choose(options.on, checked.name);
    const request = await this.#request(checked, lane, options);
    const subject = await this.#submitRequest(lane, request, options);
    return new SingleJobHandle(subject, this.#services, request.schemas);
  }

  async map(given: Iterable<unknown>, job: unknown, placement?: unknown): Promise<ArrayHandle<unknown, unknown>> {
    const options = requirePlacement(placement, 'map');
    if (typeof (given as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function') {
      throw new TypeError('map() takes a list of items, or anything that can be iterated.');
    }
    const items = [...given];
    if (items.length === 0) {
      throw new InvalidJobError('The array', [{ field: 'items', message: 'is empty: there is nothing to run.' }]);
    }
    const jobOf = typeof job === 'function' ? (job as (item: unknown, index: number) => unknown) : undefined;
    const base = requireJob(jobOf ? jobOf(items[0], 0) : job);
    const lane = this.#lanes.choose(options.on, base.name);
    const ledger = await this.#openLedger();
    const sources = new Set<string>();
    const note = (resolved: Record<string, string>) => {
      if (options.key !== undefined) for (const source of Object.values(resolved)) sources.add(source);
      return resolved;
    };
    const inputs = (given: Parameters<typeof resolveInputs>[0]) => {
      const resolved = this.#resolveInputs(given);
      return resolved instanceof Promise ? resolved.then(note) : note(resolved);
    };
    const manifest = await ledger.putPayload(arrayManifest(items, base, jobOf, inputs));
    const request = await this.#request(base, lane, options, { count: items.length, manifest, sources });
    const subject = await this.#submitRequest(lane, request, options);
    return new ManyJobsHandle(subject, this.#services, request.schemas, items);
  }

  async plan(job: unknown, given?: unknown): Promise<SubmissionPlan> {
    const options = requirePlacement(given, 'plan');
    const checked = requireJob(job);
    const lane = this.#lanes.choose(options.on, checked.name);
    const { resolved } = await this.#request(checked, lane, options);
    const { adapter } = lane.slot;
    return lane.slot.call(
      (context) => adapter.plan(resolved as never, context),
      options.signal ? { signal: options.signal } : {},
    );
  }

  async attach<R>(text: string, options: AttachOptions<R> = {}): Promise<AnyHandle> {
    requireOptions(options, ['signal', 'as', 'watchOnly'], 'attach');
    const { signal, as } = options;
    const decoded = decodeRef(text);
    const { child, ...given } = decoded;
    const slot = await this.#lanes.reaching(given.target, signal);
    const known = await (await this.#openLedger()).readJob(given.key);
    const history = known && isHistoryOf(known, given) ? known : undefined;
    const submissions = history
      ? mergeSubmissions(given.submissions, refOfHistory(history).submissions)
      : given.submissions;
    const schemas = as ? checkedSchemas(as, given) : undefined;
    return handleOf(trackJob(slot, { ...given, submissions }, history), this.#services, schemas, child);
  }

  jobs(query: JobQuery = {}): JobStream<AnyHandle> {
    requireOptions(query, JOB_QUERY, 'jobs');
    const list = async () => listJobs(await this.#openLedger(), this.#lanes, query);
    const services = this.#services;
    return createStream(async function* () {
      for await (const subject of await list()) yield handleOf(subject, services);
    });
  }

  audit(query: AuditQuery = {}): JobStream<Json> {
    requireOptions(query, AUDIT_QUERY, 'audit');
    const open = () => this.#openLedger();
    return createStream(async function* () {
      for await (const record of (await open()).records(query)) yield record as unknown as Json;
    });
  }

  wait(handles: Iterable<AnyHandle>, options: Waiting = {}): Promise<FinalStatus[]> {
    return Promise.all([...handles].map((handle) => handle.wait(options)));
  }

  async cancel(handles: Iterable<AnyHandle>, reason?: string, options: Waiting = {}): Promise<void> {
    await Promise.all([...handles].map((handle) => handle.cancel(reason, options)));
  }

  async adopt(): Promise<readonly AnyHandle[]> {
    throw new UnsupportedError(
      'adopt() is not there yet. A job whose client died goes on by itself; attach to it, or submit again with its key.',
    );
  }

  async settled({ signal }: Waiting = {}): Promise<void> {
    while (this.#submitting.size > 0) {
      await Promise.allSettled(this.#submitting);
      signal?.throwIfAborted();
    }
  }

  async close(): Promise<readonly AnyHandle[]> {
    if (this.#closing.signal.aborted) return [];
    this.#closing.abort(closed());
    // A submit under way is finished first: cut off in the middle, nobody would know whether the job exists.
    await Promise.allSettled(this.#submitting);
    try {
      await this.#lanes.close();
    } finally {
      if (typeof this.#options.ledger !== 'object') await (await this.#ledger?.catch(() => undefined))?.close();
    }
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #openLedger(): Promise<Ledger> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    if (this.#ledger) return this.#ledger;
    const { clock, logger, ledger } = this.#options;
    if (typeof ledger === 'object') return Promise.resolve(ledger);
    const opening = openLedger(ledger ?? defaultLedgerDirectory(), { clock, logger }).catch((error: unknown) => {
      // Tried again with the next call: the disk may be back by then.
      this.#ledger = undefined;
      throw error;
    });
    this.#ledger = opening;
    return opening;
  }

  #request(job: AnyJob, { slot }: Lane, options: PlacementOptions, array?: ArrayItems): Promise<JobRequest> {
    return buildRequest(job, slot, options, (sources) => this.#resolveInputs(sources), array);
  }

  #resolveInputs(inputs: Parameters<typeof resolveInputs>[0]) {
    return resolveInputs(
      inputs,
      process.cwd(),
      async (ref) => (await this.attach(ref)) as JobHandle<Record<string, unknown>>,
    );
  }

  async #submitRequest(lane: Lane, request: JobRequest, { signal }: PlacementOptions): Promise<JobSubject> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw closed();
    const submitting = this.#submitOnce(lane, request, signal);
    this.#submitting.add(submitting);
    try {
      const { ref, history, isNew } = await submitting;
      const subject = trackJob(lane.slot, ref, history, true);
      if (signal?.aborted) {
        // Aborted while it was under way: a job that this call created exists by now, and nobody holds it.
        if (!isNew) throw signal.reason;
        await new SingleJobHandle(subject, this.#services, undefined).cancel('submit() was aborted');
        throw signal.reason;
      }
      return subject;
    } finally {
      this.#submitting.delete(submitting);
    }
  }

  async #submitOnce(lane: Lane, request: JobRequest, signal: AbortSignal | undefined): Promise<Submitted> {
    const ledger = await this.#openLedger();
    const submitter = new Submitter(lane.slot, lane.batcher, ledger);
    const { key } = request;
    if (key === undefined) return submitter.submit(request, signal);
    // A wait for another client ends with this client, too; a submit that is under way is finished first.
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    return oneAtATime(ledger, key, () => submitter.submit(request, either));
  }

  async #recordEnd(job: TrackedJob, status: FinalStatus): Promise<void> {
    const { ledger: given } = this.#options;
    // Not through #openLedger: a sweep that was under way when the client began to close still writes what it saw.
    const opened = typeof given === 'object' ? given : await this.#ledger?.catch(() => undefined);
    if (!job.isRecorded || !opened) return;
    try {
      await opened.append({
        type: 'end',
        key: job.ref.key,
        attempt: status.attempt,
        status: formatFinalStatus(status),
        evidence: job.details?.evidence ?? null,
        ...(job.details?.usage === undefined ? {} : { usage: job.details.usage }),
        ...(job.details?.counts === undefined ? {} : { counts: job.details.counts }),
      });
    } catch (error) {
      // The end stays observable at the backend; only the ledger does not have it yet.
      this.#options.logger.warn(
        { key: job.ref.key, err: error },
        'The end of a job could not be written to the ledger.',
      );
    }
  }
}

function closed(): ClientClosedError {
  return new ClientClosedError('The client is closed. Make a new one with createClient().');
}
