import type { AdapterCapabilities, CallContext, JobKind, JobRef, Part, Target } from '@scijob/core/adapter';
import { outputMatcher } from '@scijob/core/adapter';
import { fakeCapabilities } from './fake-capabilities.ts';
import type { FakeBackendOptions } from './fake-options.ts';
import { GuardClaims } from './guard-claims.ts';
import { FakeTask, NativeObject, type Wait } from './native-object.ts';
import { NotThisJobError } from './not-this-job-error.ts';
import { retryTimes } from './retry-times.ts';
import { Scheduler } from './scheduler.ts';
import type { SubmittedTask } from './scripted.ts';
import type { DeclaredOutput } from './task-files.ts';

/** One native object that the backend made, for whom and when. */
export interface FakeCreation {
  readonly nativeId: string;
  readonly token: string;
  readonly key: string;
  readonly submission: number;
  readonly part: number;
  /** How many tasks it has. */
  readonly tasks: number;
  readonly at: Date;
}

/** Real schedulers count from somewhere, and so does this one. */
const FIRST_NATIVE_ID = 4_100_001;
let backends = 0;

/** All a fake backend knows, whatever adapters reach it. */
export class BackendState {
  readonly options: FakeBackendOptions;
  readonly capabilities: AdapterCapabilities<JobKind>;
  readonly target: Target;
  readonly pageSize: number;
  readonly scheduler: Scheduler;
  readonly claims = new GuardClaims();
  readonly created: FakeCreation[] = [];
  readonly submitted: SubmittedTask[] = [];
  readonly objects: NativeObject[] = [];
  readonly byToken = new Map<string, NativeObject[]>();
  /** What is under a native id at present. */
  readonly rows = new Map<string, NativeObject>();
  /** What a submit will need of a part, once it is prepared. */
  readonly prepared = new Map<string, readonly SubmittedTask[]>();
  readonly #byName = new Map<string, NativeObject>();
  readonly #declared = new WeakMap<NativeObject, readonly DeclaredOutput[]>();
  #nextId = FIRST_NATIVE_ID;
  #thaw: PromiseWithResolvers<void> | undefined;
  outage: Error | undefined;

  constructor(options: FakeBackendOptions) {
    backends += 1;
    const { name = `fake-${backends}`, capabilities, pageSize = 1_000 } = options;
    this.options = options;
    this.capabilities = { ...fakeCapabilities, ...capabilities };
    this.target = { adapter: 'fake', id: name, describe: { cluster: name } };
    this.pageSize = pageSize;
    const { retries, submitOnce, logs, timeLimitResolutionSeconds } = this.capabilities;
    this.scheduler = new Scheduler({
      script: options,
      logs,
      timeLimitResolutionSeconds,
      restartsOf: ({ job }, reason) => {
        const budget = retries[reason] === 'native' ? retryTimes(job.retry, reason) : 0;
        return Math.max(budget, options.restarts?.[reason] ?? 0);
      },
      declaredOf: (object) => this.declaredOf(object),
      ...(submitOnce === 'guard' ? { claims: this.claims } : {}),
    });
  }

  /** Each call of an adapter begins with this: it waits while the backend is frozen, and everything moves to the present. */
  async enter(api: string, context: CallContext): Promise<number> {
    context.signal.throwIfAborted();
    await context.budget.take(api);
    if (this.#thaw) await orAborted(this.#thaw.promise, context.signal);
    context.signal.throwIfAborted();
    if (this.outage) throw this.outage;
    return this.scheduler.catchUp(context.clock);
  }

  freeze(): void {
    this.#thaw ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#thaw?.resolve();
    this.#thaw = undefined;
  }

  /** Makes the native object of a part, now. */
  create(part: Part, tasks: readonly SubmittedTask[], declared: readonly DeclaredOutput[]): NativeObject {
    const atMs = this.scheduler.catchUp();
    const at = this.scheduler.dateOf(atMs);
    const { array } = part.job;
    const isLimited = array?.maxConcurrent !== undefined && this.capabilities.arrays !== false;
    const maxConcurrent = (isLimited ? array?.maxConcurrent : undefined) ?? Number.POSITIVE_INFINITY;
    const object = new NativeObject(this.#takeId(), part, this.#waitsOf(part), { atMs, at, maxConcurrent });
    const { key, submission, part: number, token } = part.key;
    const { nativeId } = object;
    this.created.push({ nativeId, token, key, submission, part: number, tasks: tasks.length, at });
    this.#addTasks(object, tasks, array?.itemsPerTask ?? 1);
    this.#declared.set(object, declared);
    this.#register(object);
    this.scheduler.add(object);
    return object;
  }

  #addTasks(object: NativeObject, tasks: readonly SubmittedTask[], itemsPerTask: number): void {
    let before: FakeTask | undefined;
    for (const [place, job] of tasks.entries()) {
      const task = new FakeTask(object, job, object.createdMs);
      task.isFollower = place % itemsPerTask !== 0;
      if (task.isFollower && before) before.follower = task;
      object.tasks.set(task.index, task);
      this.submitted.push(job);
      before = task;
    }
  }

  #register(object: NativeObject): void {
    const { nativeId, key } = object;
    this.objects.push(object);
    this.rows.set(nativeId, object);
    this.#byName.set(nameOf(nativeId, key.key), object);
    const same = this.byToken.get(key.token);
    if (same) same.push(object);
    else this.byToken.set(key.token, [object]);
  }

  #takeId(): string {
    const id = String(this.#nextId);
    this.#nextId += 1;
    return id;
  }

  #waitsOf({ after }: Part): readonly Wait[] {
    return after.map(({ ref, condition }) => ({
      parent: this.require(ref),
      condition,
      ...(ref.child === undefined ? {} : { index: ref.child }),
    }));
  }

  /** Puts a job of somebody else under this id. */
  giveAway(object: NativeObject): void {
    const key = { key: `foreign-${object.nativeId}`, submission: 1, part: 0, token: 'foreign' };
    const { array: _array, ...job } = object.part.job;
    const part: Part = { key, job: { ...job, name: 'foreign' }, after: [] };
    const atMs = this.scheduler.catchUp();
    const at = this.scheduler.dateOf(atMs);
    const foreign = new NativeObject(object.nativeId, part, [], { atMs, at, maxConcurrent: 1 });
    object.isPurged = true;
    this.rows.set(object.nativeId, foreign);
  }

  purge(object: NativeObject): void {
    object.isPurged = true;
    if (this.rows.get(object.nativeId) === object) this.rows.delete(object.nativeId);
  }

  declaredOf(object: NativeObject): readonly DeclaredOutput[] {
    return this.#declared.get(object) ?? [];
  }

  /** What the backend shows under the ref's native id, if that is the ref's job: ids are used again. */
  find(ref: JobRef): NativeObject | undefined {
    const submission = ref.submissions.at(-1);
    const object = this.rows.get(submission?.parts[0]?.nativeId ?? '');
    return object?.key.key === ref.key && object.key.submission === submission?.number ? object : undefined;
  }

  /** The ref's job though the backend may have forgotten it: its files and logs stay where they are. */
  require(ref: JobRef): NativeObject {
    const nativeId = ref.submissions.at(-1)?.parts[0]?.nativeId ?? '';
    const object = this.#byName.get(nameOf(nativeId, ref.key));
    if (!object) throw new NotThisJobError(ref.key, nativeId);
    return object;
  }

  /** By ref, token, native id, or key: then its newest object. */
  lookUp(job: string | JobRef): NativeObject {
    if (typeof job !== 'string') return this.require(job);
    const object =
      this.byToken.get(job)?.at(-1) ?? this.rows.get(job) ?? this.objects.findLast(({ key }) => key.key === job);
    if (object) return object;
    const known = this.created.slice(-5).map(({ key, nativeId }) => `${nativeId} (${key})`);
    throw new RangeError(
      `The fake backend has no job ${JSON.stringify(job)}. The last ones are: ${known.join(', ') || 'none'}.`,
    );
  }
}

/** Which paths belong to the outputs a job declares. */
export async function declaredOutputs({ job }: Part): Promise<readonly DeclaredOutput[]> {
  return Promise.all(
    Object.entries(job.outputs).map(async ([name, output]) => ({ name, output, matches: await outputMatcher(output) })),
  );
}

function nameOf(nativeId: string, key: string): string {
  return `${nativeId}\0${key}`;
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
