import type { JobRef } from '../ids/job-ref.ts';
import { never, type SimulatedProcess } from '../ledger/simulated-disk.fixture.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import { defineAdapter } from '../seam/define-adapter.ts';
import type { JobAdapter } from '../seam/job-adapter.ts';
import type { CancelTarget } from '../seam/observation.ts';
import type { CancelOutcome, FindOutcome, SubmitOutcome } from '../seam/outcomes.ts';
import type { Part, PartKey } from '../seam/part.ts';
import type { JobStatus } from '../state/job-status.ts';

/** One native object, as the backend itself knows it. */
export interface NativeJob {
  readonly nativeId: string;
  readonly key: PartKey;
  readonly command: readonly string[];
  /** Tasks of an array. */
  readonly count?: number;
  /** `turned-away`: its wrapper found the submission claimed for another native job, or for nobody, and ran nothing. */
  readonly state: 'queued' | 'succeeded' | 'failed' | 'cancelled' | 'turned-away';
}

/** What a submit meets instead of being taken: `delayed` arrives when nobody waits for it any more. */
export type SubmitFault = 'refused' | 'lost-reply' | 'never-arrives' | 'delayed';

/** The backend's own record, never changed: what is judged by. */
export interface BackendState {
  readonly natives: readonly NativeJob[];
  /** Which native job a submission was claimed for by the wrapper of the first to run; `nobody` when it was fenced. */
  readonly claims: ReadonlyMap<string, string>;
  /** Each run of the science, `key/submission` or `key/submission#index`. */
  readonly runs: readonly string[];
  /** Keys somebody asked to stop. */
  readonly cancels: readonly string[];
  /** Sent by somebody, and not there yet. */
  readonly inFlight: readonly Part[];
  /** For the next parts sent, in order. */
  readonly faults: readonly SubmitFault[];
}

/** A call of the adapter, and how far it came: what was sent may arrive although its sender is dead. */
export interface BackendMoment {
  readonly name: `${'prepare' | 'submit' | 'find' | 'cancel'}:${'send' | 'commit' | 'reply'}`;
  readonly process: SimulatedProcess;
  /** About to be sent. */
  readonly parts?: readonly Part[];
}

export type SubmitOnce = AdapterCapabilities['submitOnce'];

const at = new Date('2026-11-23T12:00:00Z');
const LOST = new Error('the line went dead');

export function emptyBackend(faults: readonly SubmitFault[] = []): BackendState {
  return { natives: [], claims: new Map(), runs: [], cancels: [], inFlight: [], faults };
}

/** A backend in memory that outlives its clients, and says each call that could change it by its name. */
export class CrashBackend {
  state: BackendState;
  readonly submitOnce: SubmitOnce;
  activity = 0;
  /** Runs whatever is queued as soon as somebody looks. */
  worksByItself = false;
  readonly #onMoment: (moment: BackendMoment) => void;

  constructor(state: BackendState, submitOnce: SubmitOnce, onMoment: (moment: BackendMoment) => void = () => {}) {
    this.state = state;
    this.submitOnce = submitOnce;
    this.#onMoment = onMoment;
  }

  /** Runs whatever is queued to its end. A command `false` fails, one `fails-once` only in its first submission. */
  work(): void {
    for (const native of this.state.natives) {
      if (native.state !== 'queued') continue;
      const { token, key, submission } = native.key;
      const holder = this.state.claims.get(token) ?? native.nativeId;
      if (this.submitOnce === 'guard' && holder !== native.nativeId) {
        this.#set({ ...native, state: 'turned-away' });
        continue;
      }
      const { count, command } = native;
      const run = `${key}/${submission}`;
      const runs = count === undefined ? [run] : Array.from({ length: count }, (_, index) => `${run}#${index}`);
      this.#change({
        claims: new Map(this.state.claims).set(token, holder),
        runs: [...this.state.runs, ...runs],
      });
      this.#set({ ...native, state: fails(command, submission) ? 'failed' : 'succeeded' });
    }
  }

  /** What was on its way arrives. */
  deliver(): void {
    const { inFlight } = this.state;
    this.#change({ inFlight: [] });
    for (const part of inFlight) this.#take(part, () => {});
  }

  /** The backend as one process sees it. */
  adapter(process: SimulatedProcess = { isDead: false }): JobAdapter<'command'> {
    const committed = (name: BackendMoment['name']) => () => this.#onMoment({ name, process });
    return defineAdapter({
      id: 'crash',
      capabilities: {
        kinds: { command: true },
        submitOnce: this.submitOnce,
        forgottenAfterSeconds: 1e9,
        arrays: { maxCount: 1_000, maxConcurrent: 'native' },
        cancel: 'immediate',
        retries: { 'exit-nonzero': 'owner' },
        dependencies: { afterok: 'owner' },
      },
      target: async () => ({ adapter: 'crash', id: 'here', describe: {} }),
      prepare: (parts) => this.#call(process, 'prepare', () => parts.map(() => ({ type: 'prepared' as const }))),
      submit: (parts) => {
        const answer = (part: Part) => this.#answer(part, committed('submit:commit'));
        return this.#call(process, 'submit', () => parts.map(answer), parts);
      },
      find: (keys) => {
        const look = (key: PartKey) => this.#find(key, committed('find:commit'));
        return this.#call(process, 'find', () => keys.map(look));
      },
      cancel: (targets) => {
        const stop = ({ ref }: CancelTarget) => this.#cancel(ref, committed('cancel:commit'));
        return this.#call(process, 'cancel', () => targets.map(stop));
      },
      observe: async (targets) => {
        await this.#step(process);
        if (this.worksByItself) this.work();
        return {
          covered: targets.map(({ ref }) => ref),
          seen: targets.flatMap(({ ref }) => {
            const { number = 1, parts = [] } = ref.submissions.at(-1) ?? {};
            const native = this.#native(parts[0]?.nativeId);
            if (!native) return [];
            const status = statusOf(native, number);
            const counts = native.count === undefined ? {} : { counts: { [status.state]: native.count } };
            return [{ ref, status, evidence: { saw: native.state }, ...counts }];
          }),
        };
      },
    });
  }

  async #call<T>(
    process: SimulatedProcess,
    name: 'prepare' | 'submit' | 'find' | 'cancel',
    act: () => T,
    parts?: readonly Part[],
  ): Promise<T> {
    await this.#step(process);
    this.#onMoment({ name: `${name}:send`, process, ...(parts ? { parts } : {}) });
    if (process.isDead) return never();
    // What was sent is done, whether its sender lives or not.
    const reply = act();
    this.#onMoment({ name: `${name}:reply`, process });
    await this.#step(process);
    return reply;
  }

  async #step(process: SimulatedProcess): Promise<void> {
    if (process.isDead) return never();
    this.activity += 1;
    await null;
  }

  #cancel(ref: JobRef, onCommit: () => void): CancelOutcome {
    this.#change({ cancels: [...this.state.cancels, ref.key] });
    const native = this.#native(ref.submissions.at(-1)?.parts[0]?.nativeId);
    if (native?.state !== 'queued') return { type: 'already-ended' };
    this.#set({ ...native, state: 'cancelled' });
    onCommit();
    return { type: 'requested' };
  }

  #answer(part: Part, onCommit: () => void): SubmitOutcome {
    const [fault, ...faults] = this.state.faults;
    this.#change({ faults });
    if (fault === 'refused') {
      return { type: 'refused', error: { code: 'NO_ROOM', message: 'It was refused.', retryable: true } };
    }
    if (fault === 'delayed') this.#change({ inFlight: [...this.state.inFlight, part] });
    if (fault === 'delayed' || fault === 'never-arrives') return { type: 'unknown', cause: LOST };
    const nativeId = this.#take(part, onCommit);
    return fault === 'lost-reply' ? { type: 'unknown', cause: LOST } : { type: 'accepted', nativeId };
  }

  #take({ key, job, tasks }: Part, onCommit: () => void): string {
    const known = this.state.natives.find((native) => native.key.token === key.token);
    if (known && this.submitOnce === 'token') return known.nativeId;
    const { natives } = this.state;
    const count = tasks?.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    const native: NativeJob = {
      nativeId: `${natives.length + 1}`,
      key,
      command: job.command ?? [],
      ...(count === undefined ? {} : { count }),
      state: 'queued',
    };
    this.#change({ natives: [...natives, native] });
    onCommit();
    return native.nativeId;
  }

  #find({ token }: PartKey, onCommit: () => void): FindOutcome {
    const native = this.state.natives.find(({ key }) => key.token === token);
    if (native) return { type: 'found', nativeId: native.nativeId };
    if (this.submitOnce !== 'guard') return { type: 'absent', evidence: { looked: true } };
    this.#change({ claims: new Map(this.state.claims).set(token, 'nobody') });
    onCommit();
    return { type: 'absent', evidence: { fenced: true } };
  }

  #native(nativeId: string | undefined): NativeJob | undefined {
    return this.state.natives.find((native) => native.nativeId === nativeId);
  }

  #set(native: NativeJob): void {
    this.#change({ natives: this.state.natives.map((one) => (one.nativeId === native.nativeId ? native : one)) });
  }

  #change(change: Partial<BackendState>): void {
    this.state = { ...this.state, ...change };
  }
}

function fails([program]: readonly string[], submission: number): boolean {
  return program === 'false' || (program === 'fails-once' && submission === 1);
}

function statusOf({ state }: NativeJob, submission: number): JobStatus {
  const base = { attempt: `${submission}.0`, at } as const;
  switch (state) {
    case 'queued':
      return { ...base, state };
    case 'succeeded':
      return { ...base, state, exitCode: 0 };
    case 'cancelled':
      return { ...base, state, reason: 'cancelled-by-user', message: 'It was cancelled.' };
    case 'failed':
    case 'turned-away':
      return { ...base, state: 'failed', reason: 'exit-nonzero', exitCode: 1, message: 'It failed.' };
  }
}
