import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobRef, TaskRange } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { FinalStatus } from '../state/job-status.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { dealt } from './build-request.ts';
import { ComposedJob } from './composed-job.ts';
import { DependencyWatch } from './dependency-watch.ts';
import { type DutyPlan, planDuties } from './duty-plan.ts';
import { historyOfRef } from './history-of-ref.ts';
import { IntentWriter } from './intent-writer.ts';
import { JobOwner } from './job-owner.ts';
import { KeyOwnership } from './key-ownership.ts';
import type { Lane } from './lanes.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { type AttachAny, OutputResolver } from './output-resolver.ts';
import { isOutputSource } from './output-source.ts';
import { PartSender } from './part-sender.ts';
import { withChange } from './plan-retries.ts';
import { readManifest } from './read-manifest.ts';
import { readRecordedJob } from './recorded-job.ts';
import { knownParts, openDuties, standingIntents } from './recorded-parts.ts';
import { RetryPlanner } from './retry-planner.ts';

export interface ComposedJobsOptions {
  readonly ledger: Ledger;
  readonly attach: AttachAny;
  readonly follow: (ref: string) => Promise<WholeSubject>;
  readonly onEnd: (job: ComposedJob, status: FinalStatus) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface Begin {
  /** Parts that were recorded just now and not sent yet. */
  readonly fresh: readonly PartKey[];
  /** What the backend is told to wait for. */
  readonly after: Part['after'];
  readonly isTakenOver: boolean;
}

/** Which client acts for a key: several of one process may share an open ledger, and are then one session. */
const ACTING = new WeakMap<Ledger, Map<string, ComposedJobs>>();

/** The jobs of one client that have several parts, several submissions or duties: each one object, owned or watched. */
export class ComposedJobs {
  readonly #options: ComposedJobsOptions;
  readonly #jobs = new Map<string, WeakRef<ComposedJob>>();
  readonly #owners = new Map<string, JobOwner>();
  readonly #running = new Set<Promise<void>>();
  readonly #watch: LedgerWatch;

  constructor(options: ComposedJobsOptions) {
    this.#options = options;
    this.#watch = new LedgerWatch(
      options.ledger,
      options.signal,
      (key) => ACTING.get(options.ledger)?.has(key) ?? false,
    );
  }

  /** The one object for a job that needs composing; made from its history at first. */
  async of(slot: AdapterSlot, history: JobHistory): Promise<ComposedJob> {
    const name = nameOf(slot, history.key);
    const knownJob = () => {
      const known = this.#jobs.get(name)?.deref();
      return known?.isOf(history) ? known : undefined;
    };
    const known = knownJob();
    if (known) {
      known.update(history);
      return known;
    }
    const recorded = await readRecordedJob(this.#options.ledger, history);
    const again = knownJob();
    if (again) return again;
    const plan = recorded && planDuties(slot.adapter.capabilities, recorded, false);
    const job = new ComposedJob({
      slot,
      history,
      retried: plan?.retried ?? new Set(),
      onEnd: (one, status) => this.#options.onEnd(one, status),
      reread: async (one) => {
        // Another session may have begun it again meanwhile.
        if (!this.#owners.has(name) && one.history.position.segment !== '') {
          await this.#watch.look(one);
          if (one.subject.duties.length > 0) this.#watch.add(one, undefined);
        }
      },
    });
    this.#jobs.set(name, new WeakRef(job));
    return job;
  }

  isOwned({ slot, key }: ComposedJob): boolean {
    return this.#owners.has(nameOf(slot, key));
  }

  /** The object for a job; `undefined` while it has one part and no more. */
  find(slot: AdapterSlot, { key, jobHash, submissions }: JobRef): ComposedJob | undefined {
    const job = this.#jobs.get(nameOf(slot, key))?.deref();
    const own = job?.subject.ref;
    if (!job || own?.jobHash !== jobHash) return undefined;
    // Another ledger may use the same key for a job of its own.
    const isSame = submissions.some(({ number, parts }) =>
      own.submissions.some(
        (one) => one.number === number && one.parts.some(({ nativeId }) => nativeId === parts[0]?.nativeId),
      ),
    );
    return isSame ? job : undefined;
  }

  /** A job of several parts that this ledger does not know: watched, and nothing of it recorded. */
  ofRef(slot: AdapterSlot, ref: JobRef): ComposedJob {
    const ignore = async () => {};
    return new ComposedJob({
      slot,
      history: historyOfRef(ref, slot.now()),
      retried: new Set(),
      onEnd: ignore,
      reread: ignore,
    });
  }

  /** Something was written about a job: whoever acts for it here, or shows it, hears of it at once. */
  async reread({ name }: AdapterSlot, key: string): Promise<void> {
    const job = this.#jobs.get(`${name}\0${key}`)?.deref();
    if (!job || job.history.position.segment === '') return;
    const history = await this.#options.ledger.readJob(key);
    if (history && job.isOf(history)) job.update(history);
  }

  /**
   * Acts for a job from now on: this session is its owner. Whoever acts already goes on; `undefined` when that is another
   * client of this process, on the same open ledger and so of the same session.
   */
  async own(lane: Lane, job: ComposedJob, begin: Begin): Promise<JobOwner | undefined> {
    const name = nameOf(lane.slot, job.key);
    const known = this.#owners.get(name);
    if (known?.job === job) return known;
    // What is left of another job that had the key.
    await known?.run();
    if (!this.reserve(job.key)) return undefined;
    const owner = await this.#makeOwner(lane, job, begin);
    const running = this.#owners.get(name);
    if (running) return running;
    this.#owners.set(name, owner);
    this.#watch.forget(job);
    const run = owner.run().finally(() => this.#ended(name, job, run));
    run.catch(() => {});
    this.#running.add(run);
    return owner;
  }

  /** Keeps other clients of this process from acting for a key; `false` when one of them does. */
  reserve(key: string): boolean {
    const acting = ACTING.get(this.#options.ledger) ?? new Map<string, ComposedJobs>();
    ACTING.set(this.#options.ledger, acting);
    const other = acting.get(key);
    if (other !== undefined && other !== this) return false;
    acting.set(key, this);
    return true;
  }

  release(key: string): void {
    const acting = ACTING.get(this.#options.ledger);
    if (acting?.get(key) === this) acting.delete(key);
  }

  /** Lets go of a key for which nothing was begun. */
  releaseIdle(slot: AdapterSlot, key: string): void {
    if (!this.#owners.has(nameOf(slot, key))) this.release(key);
  }

  #ended(name: string, job: ComposedJob, run: Promise<void>): void {
    this.release(job.key);
    this.#running.delete(run);
    // Cut off by the client's end: close() says that there was something left to do.
    if (this.#options.signal.aborted) return;
    this.#owners.delete(name);
    // Taken over by somebody else: watched from now on.
    if (job.subject.duties.length > 0) this.#watch.add(job, undefined);
  }

  /** Follows what another session does for a job; takes over when that session dies, unless only watching. */
  watch(lane: Lane, job: ComposedJob, watchOnly: boolean): void {
    if (job.subject.duties.length === 0) return;
    this.#watch.add(job, watchOnly ? undefined : async () => void (await this.takeOver(lane, job)));
  }

  /** Whether this session now acts for the job: it is the owner, or took over from one that died. */
  async takeOver(lane: Lane, job: ComposedJob): Promise<boolean> {
    const { ledger } = this.#options;
    const ownership = new KeyOwnership(lane.slot, ledger);
    // Of this very session: another client of this process may be sending it at this moment.
    if (!this.reserve(job.key)) return false;
    if (!(await ownership.mayAct(job.key, job.history))) {
      if (!this.#owners.has(nameOf(lane.slot, job.key))) this.release(job.key);
      return false;
    }
    job.update((await ledger.readJob(job.key)) ?? job.history);
    await this.own(lane, job, { fresh: [], after: [], isTakenOver: true });
    return true;
  }

  /** Finds out what became of parts that a dead session may have sent. An owner with duties does that by itself. */
  async settleFates(lane: Lane, job: ComposedJob): Promise<void> {
    const { ledger } = this.#options;
    if (job.subject.duties.length > 0) return;
    const sender = new PartSender(lane, ledger);
    const open = knownParts(job.history, standingIntents(job.history)).filter(
      ({ outcome }) => outcome === undefined || outcome.outcome === 'unknown',
    );
    await Promise.all(
      open.map(({ submission, part, token }) =>
        sender.lookUp({ key: job.key, submission, part, token }, new Error('its client died')),
      ),
    );
    job.update((await ledger.readJob(job.key)) ?? job.history);
  }

  /** Which of these tasks may run by what the job waits for. */
  async ready({ history }: ComposedJob, tasks: readonly TaskRange[]): Promise<readonly TaskRange[]> {
    const dependencies = standingIntents(history)[0]?.after ?? [];
    return (await new DependencyWatch(dependencies, this.#options.follow).evaluate(tasks)).ready;
  }

  /** Resolves when no job of this session has a duty left. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** The jobs this session acts for. */
  owned(): readonly ComposedJob[] {
    return [...this.#owners.values()].map(({ job }) => job).filter(({ subject }) => subject.duties.length > 0);
  }

  /** Waits until nobody acts any more; the signal has told them. */
  async close(): Promise<void> {
    for (const weak of this.#jobs.values()) weak.deref()?.subject.changed();
    await Promise.allSettled(this.#running);
    await this.#watch.close();
  }

  async #makeOwner(lane: Lane, job: ComposedJob, { fresh, after, isTakenOver }: Begin): Promise<JobOwner> {
    const { ledger, signal } = this.#options;
    const { slot } = lane;
    const recorded = await readRecordedJob(ledger, job.history);
    if (!recorded) {
      throw new UnsupportedError(
        `The job ${JSON.stringify(job.key)} cannot be gone on with: the ledger has lost what it runs (its payload).`,
      );
    }
    const plan = planDuties(slot.adapter.capabilities, recorded, false);
    const ownership = new KeyOwnership(slot, ledger);
    const dependencies = standingIntents(job.history)[0]?.after ?? [];
    const resolver = new OutputResolver(this.#options.attach, dependencies);
    const base = lazy(async () => dealt(await sentJob(recorded, plan, resolver), slot.adapter.capabilities));
    const sent = async (tasks: readonly TaskRange[] = []): Promise<ResolvedJob> => {
      const job = await base();
      if (!job.array) return job;
      return {
        ...job,
        array: { ...job.array, manifest: await resolveManifest(ledger, job.array.manifest, resolver, tasks) },
      };
    };
    const isPromised =
      knownParts(job.history, standingIntents(job.history)).some(({ outcome }) => outcome?.outcome === 'accepted') ||
      openDuties(job.history).some(({ duty }) => duty === 'dependency');
    return new JobOwner({
      job,
      ledger,
      sender: new PartSender(lane, ledger),
      plan,
      ownership,
      dependencies: new DependencyWatch(dependencies, this.#options.follow),
      retries: new RetryPlanner(recorded, plan.retried, new IntentWriter(ledger, ownership, plan)),
      fresh,
      partOf: async (key, tasks, change) => {
        // What the backend was told to wait for: only with the first send, a later one was held by us until then.
        const told = fresh.some(({ token }) => token === key.token) ? after : [];
        return { key, job: withChange(await sent(tasks), change), ...(tasks ? { tasks } : {}), after: told };
      },
      reread: async () => {
        const history = await ledger.readJob(job.key);
        if (history) job.update(history);
        return history ?? job.history;
      },
      isTakenOver: isTakenOver && !isPromised,
      signal,
    });
  }
}

/** The job as it is sent: its inputs resolved, and without what the owner keeps. */
async function sentJob(recorded: ResolvedJob, plan: DutyPlan, resolver: OutputResolver): Promise<ResolvedJob> {
  const inputs = await resolver.inputs(recorded.inputs);
  const job: ResolvedJob = { ...recorded, inputs, retry: plan.nativeRetry };
  if (!job.array || plan.window === undefined) return job;
  const { maxConcurrent: _window, ...array } = job.array;
  return { ...job, array };
}

/** The manifest with the outputs that these items take as paths; as it is when no item takes any. */
export async function resolveManifest(
  ledger: Ledger,
  manifest: NonNullable<ResolvedJob['array']>['manifest'],
  resolver: OutputResolver,
  tasks: readonly TaskRange[],
): Promise<NonNullable<ResolvedJob['array']>['manifest']> {
  for await (const line of readManifest(manifest.open())) {
    if (!Object.values(line.inputs ?? {}).some((source) => source !== null && isOutputSource(source))) continue;
    resolver.forget();
    return ledger.putPayload(resolver.manifest(readManifest(manifest.open()), tasks));
  }
  return manifest;
}

function nameOf({ name }: AdapterSlot, key: string): string {
  return `${name}\0${key}`;
}

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
