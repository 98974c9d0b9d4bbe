import { ClientClosedError } from '../errors/client-closed-error.ts';
import { InvalidJobError } from '../errors/invalid-job-error.ts';
import type { OutputSchemas } from '../handle/collect-outputs.ts';
import type { AnyHandle, ArrayHandle, JobHandle } from '../handle/job-handle.ts';
import { ManyJobsHandle } from '../handle/many-jobs-handle.ts';
import { SingleJobHandle } from '../handle/single-job-handle.ts';
import type { JobRef } from '../ids/job-ref.ts';
import { defaultLedgerDirectory } from '../ledger/default-ledger-directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { Clock } from '../seam/clock.ts';
import type { Logger } from '../seam/logger.ts';
import type { SubmissionPlan } from '../seam/submission-plan.ts';
import type { FinalStatus } from '../state/job-status.ts';
import { createStream, type JobStream } from '../streams/job-stream.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { abortable } from '../util/abortable.ts';
import type { Json } from '../util/json.ts';
import { keepAlive } from '../util/keep-alive.ts';
import { requireOptions } from '../util/require-options.ts';
import type { Waiting } from '../util/waiting.ts';
import { adoptJobs } from './adopt-jobs.ts';
import { arrayManifest } from './array-manifest.ts';
import { type ArrayItems, buildRequest, checkedSchemas, type JudgeDependencies } from './build-request.ts';
import type { Adapters, AttachOptions, AuditQuery, JobQuery } from './client.ts';
import { clientServices } from './client-services.ts';
import { ComposedJobs } from './composed-jobs.ts';
import { DependencySet } from './dependency-set.ts';
import { EndRecorder } from './end-recorder.ts';
import { JobFinder } from './job-finder.ts';
import type { JobRequest } from './job-request.ts';
import { judgeDependencies } from './judge-dependencies.ts';
import { type Lane, Lanes } from './lanes.ts';
import { listJobs } from './list-jobs.ts';
import { needsComposing } from './needs-composing.ts';
import { needsOwner } from './needs-owner.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type PlacementOptions, requirePlacement } from './placement.ts';
import { planWithDuties } from './plan-with-duties.ts';
import { recordedRequest } from './recorded-request.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { type AnyJob, requireJob } from './resolve-job.ts';
import { retryFailedTasks } from './resubmission.ts';
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
  readonly #finder: JobFinder;
  readonly #ends: EndRecorder;
  #composed: Promise<ComposedJobs> | undefined;
  #composedNow: ComposedJobs | undefined;

  constructor(options: ScijobClientOptions<A>) {
    this.adapters = options.adapters;
    this.#options = options;
    this.#lanes = new Lanes({
      ...options,
      onEnd: (job, status) => this.#ends.ofNative(job, status),
      onAttempt: (job, attempt, evidence) => void this.#ends.ofAttempt(job, attempt, evidence),
    });
    this.#finder = new JobFinder(
      this.#lanes,
      () => this.#openLedger(),
      () => this.#composedJobs(),
    );
    this.#ends = new EndRecorder(() => this.#ledgerAtHand(), options.logger);
    this.#services = clientServices({
      open: () => this.#openLedger(),
      composed: () => this.#composedNow,
      rerun: async <R>(ref: JobRef, schemas: OutputSchemas | undefined, signal?: AbortSignal) => {
        const lane = await this.#lanes.reaching(ref.target, signal);
        const request = await recordedRequest(await this.#openLedger(), ref, lane.slot, this.#judge(lane.slot));
        const subject = await this.#submitRequest(lane, request, signal ? { signal } : {});
        return new SingleJobHandle<R>(subject, this.#services, schemas);
      },
      retryFailed: async (ref, change) => {
        const [ledger, composed] = [await this.#openLedger(), await this.#composedJobs()];
        const retry = () => retryFailedTasks({ ledger, lanes: this.#lanes, composed }, ref, change);
        return oneAtATime(ledger, ref.key, retry);
      },
    });
  }

  async submit(job: unknown, given?: unknown): Promise<JobHandle<unknown>> {
    const options = requirePlacement(given, 'submit');
    const checked = requireJob(job);
    const lane = this.#lanes.choose(options.on, checked.name);
    const request = await this.#request(checked, lane, options, new DependencySet());
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
    const dependencies = new DependencySet();
    // How many items have an input of their own at a path: what none shares with the first is the first one's alone.
    const differing = new Map<string, number>();
    const inputs = (own: Parameters<typeof resolveInputs>[0], index: number) => {
      const resolved = resolveInputs(own, process.cwd(), dependencies, (child) => child === index);
      for (const path of Object.keys(own)) differing.set(path, (differing.get(path) ?? 0) + 1);
      if (options.key !== undefined) for (const source of Object.values(resolved)) sources.add(source);
      return resolved;
    };
    const manifest = await ledger.putPayload(arrayManifest(items, base, jobOf, inputs));
    const isOwn = (child: number, path: string) => child === 0 && (differing.get(path) ?? 0) === items.length - 1;
    const array = { count: items.length, manifest, sources, isOwn };
    const request = await this.#request(base, lane, options, dependencies, array);
    const subject = await this.#submitRequest(lane, request, options);
    return new ManyJobsHandle(subject, this.#services, request.schemas, items);
  }

  async plan(job: unknown, given?: unknown): Promise<SubmissionPlan> {
    const options = requirePlacement(given, 'plan');
    const checked = requireJob(job);
    const lane = this.#lanes.choose(options.on, checked.name);
    const request = await this.#request(checked, lane, options, new DependencySet());
    const { adapter } = lane.slot;
    const planned = await lane.slot.call(
      (context) => adapter.plan(request.resolved as never, context),
      options.signal ? { signal: options.signal } : {},
    );
    return planWithDuties(planned, request, checked.spec.retry ?? {}, adapter.capabilities);
  }

  async attach<R>(text: string, options: AttachOptions<R> = {}): Promise<AnyHandle> {
    requireOptions(options, ['signal', 'as', 'watchOnly'], 'attach');
    const { as } = options;
    const { subject, ref, child } = await this.#finder.byRef(text, options);
    const schemas = as ? checkedSchemas(as, ref) : undefined;
    return handleOf(subject, this.#services, schemas, child);
  }

  jobs(query: JobQuery = {}): JobStream<AnyHandle> {
    requireOptions(query, JOB_QUERY, 'jobs');
    const list = async () => listJobs(await this.#openLedger(), this.#lanes, this.#finder, query);
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

  async adopt({ signal }: Waiting = {}): Promise<readonly AnyHandle[]> {
    const ledger = await this.#openLedger();
    const adopted = adoptJobs({ ledger, lanes: this.#lanes, composed: await this.#composedJobs(), signal });
    const handles: AnyHandle[] = [];
    for await (const subject of adopted) handles.push(handleOf(subject, this.#services));
    return handles;
  }

  async settled({ signal }: Waiting = {}): Promise<void> {
    const release = keepAlive();
    try {
      while (this.#submitting.size > 0) {
        const submitted = Promise.allSettled(this.#submitting);
        await (signal ? abortable(submitted, signal) : submitted);
      }
      const settled = (await this.#composed)?.settled();
      if (settled) await (signal ? abortable(settled, signal) : settled);
    } finally {
      release();
    }
  }

  async close(): Promise<readonly AnyHandle[]> {
    if (this.#closing.signal.aborted) return [];
    this.#closing.abort(closed());
    // A submit under way is finished first: cut off in the middle, nobody would know whether the job exists.
    await Promise.allSettled(this.#submitting);
    const composed = await this.#composed?.catch(() => undefined);
    const left = composed?.owned().map(({ subject }) => handleOf(subject, this.#services)) ?? [];
    try {
      await this.#lanes.close();
    } finally {
      await composed?.close();
      if (typeof this.#options.ledger !== 'object') await (await this.#ledger?.catch(() => undefined))?.close();
    }
    return left;
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

  #composedJobs(): Promise<ComposedJobs> {
    this.#composed ??= this.#openLedger().then(
      (ledger) =>
        new ComposedJobs({
          ledger,
          attach: (ref) => this.attach(ref),
          follow: async (ref) => (await this.#finder.byRef(ref)).subject,
          onEnd: (job, status) => this.#ends.ofWhole(job, status),
          signal: this.#closing.signal,
        }),
    );
    this.#composed.then(
      (composed) => {
        this.#composedNow = composed;
      },
      () => {
        this.#composed = undefined;
      },
    );
    return this.#composed;
  }

  #request(
    job: AnyJob,
    { slot }: Lane,
    options: PlacementOptions,
    dependencies: DependencySet,
    array?: ArrayItems,
  ): Promise<JobRequest> {
    return buildRequest(job, slot, options, dependencies, this.#judge(slot), array);
  }

  #judge(slot: AdapterSlot): JudgeDependencies {
    return async (waited, named, takesOutputs) => {
      const follow = async (ref: string) => (await this.#finder.byRef(ref)).subject;
      const ledger = await this.#openLedger();
      return judgeDependencies(
        { slot, ledger, attach: (ref) => this.attach(ref), follow },
        waited,
        named,
        takesOutputs,
      );
    };
  }

  async #submitRequest(lane: Lane, request: JobRequest, { signal }: PlacementOptions): Promise<WholeSubject> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw closed();
    const submitting = this.#submitOnce(lane, request, signal);
    this.#submitting.add(submitting);
    try {
      const { ref, history, isNew, composed } = await submitting;
      const subject =
        composed?.subject ??
        (history && needsComposing(history)
          ? await this.#finder.ofHistory(lane, history, false)
          : trackJob(lane.slot, ref, history, true));
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
    const composed = needsOwner(request) || request.key !== undefined ? await this.#composedJobs() : undefined;
    const submitter = new Submitter(lane, ledger, composed);
    const { key } = request;
    if (key === undefined) return submitter.submit(request, signal);
    // A wait for another client ends with this client, too; a submit that is under way is finished first.
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    return oneAtATime(ledger, key, () => submitter.submit(request, either));
  }

  /** Not through #openLedger: a sweep that was under way when the client began to close still writes what it saw. */
  async #ledgerAtHand(): Promise<Ledger | undefined> {
    const { ledger: given } = this.#options;
    return typeof given === 'object' ? given : this.#ledger?.catch(() => undefined);
  }
}

function closed(): ClientClosedError {
  return new ClientClosedError('The client is closed. Make a new one with createClient().');
}
