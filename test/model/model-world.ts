import {
  type AnyHandle,
  type ArrayHandle,
  afterAny,
  afterEach,
  afterNotOk,
  type Client,
  createClient,
  type Ledger,
  openLedger,
  ScijobError,
} from '@scijob/core';
import type { AdapterCapabilities, JobAdapter, JobKind } from '@scijob/core/adapter';
import { createFakeAdapter, createFakeBackend, type FakeBackend, manualClock } from '@scijob/testing';
import { ClientProcess, systemOf } from './client-process.ts';
import { type ExpectedJob, ExpectedJobs, promise } from './expected-jobs.ts';
import { type JobSpec, script, toJob } from './job-spec.ts';
import { ModelDisk } from './model-disk.ts';
import { Told } from './told.ts';
import { Wire, WireError } from './wire.ts';

export type Slot = 'a' | 'b' | 'inspector';
export type ModelClient = Client<{ readonly here: JobAdapter<JobKind, unknown> }>;

export interface Session {
  readonly slot: Slot;
  readonly process: ClientProcess;
  readonly client: ModelClient;
  readonly ledger: Ledger;
}

export interface WorldOptions {
  /** Client b is on a machine of its own. @default false */
  readonly hasTwoHosts?: boolean;
  readonly tolerated?: readonly RegExp[];
}

const LEDGER = '/ledger';

/** One machine with its disk and clients, one backend, and what was broken so far. */
export class ModelWorld {
  readonly clock = manualClock();
  readonly disk = new ModelDisk();
  readonly wire = new Wire(this.clock);
  readonly backend: FakeBackend;
  readonly capabilities: Partial<AdapterCapabilities<JobKind>>;
  readonly told: Told;
  readonly jobs = new ExpectedJobs();
  readonly broken: string[] = [];
  readonly history: string[] = [];
  readonly processes: ClientProcess[] = [];
  readonly #sessions = new Map<Slot, Session>();
  readonly #pending = new Set<Promise<void>>();
  /** Something went wrong on purpose: calls may fail. */
  hasTrouble = false;
  /** A client stood still for a while: what it was about to send may come late. */
  hadPause = false;

  readonly #tolerated: readonly RegExp[];
  readonly #hasTwoHosts: boolean;
  /** What is known to be wrong is no excuse. */
  readonly isStrict: boolean;

  constructor(
    capabilities: Partial<AdapterCapabilities<JobKind>>,
    { hasTwoHosts = false, tolerated = [] }: WorldOptions = {},
  ) {
    this.#hasTwoHosts = hasTwoHosts;
    this.isStrict = tolerated.length === 0;
    this.capabilities = capabilities;
    this.#tolerated = tolerated;
    this.backend = createFakeBackend({ name: 'model', capabilities, ...script });
    this.told = new Told(this.backend, this.broke);
  }

  readonly broke = (what: string): void => {
    if (this.#tolerated.some((known) => known.test(what))) return;
    if (!this.broken.includes(what)) this.broken.push(what);
  };

  get live(): readonly Session[] {
    return [...this.#sessions.values()].filter(({ process }) => !process.isDead);
  }

  /** The session of a slot; a new process when there is none that lives. */
  async session(slot: Slot): Promise<Session> {
    const known = this.#sessions.get(slot);
    if (known && !known.process.isDead) return known;
    const process = new ClientProcess(1_001 + this.processes.length, this.#hostOf(slot), this.clock, () =>
      this.broke(`client ${slot} does the same again and again while no time passes`),
    );
    this.processes.push(process);
    const { clock } = process;
    const ledger = await openLedger(LEDGER, {
      clock,
      files: this.disk.files(process),
      system: systemOf(process, this.processes),
    });
    const adapter = this.wire.adapter(createFakeAdapter({ backend: this.backend }), process);
    const client: ModelClient = createClient({ adapters: { here: adapter }, ledger, clock, logger: false });
    const session = { slot, process, client, ledger };
    this.#sessions.set(slot, session);
    return session;
  }

  /** Two machines that share the ledger: the inspector is on the first one. */
  #hostOf(slot: Slot): string {
    return slot === 'b' && this.#hasTwoHosts ? 'second' : 'first';
  }

  async close({ slot, client, ledger, process }: Session): Promise<void> {
    this.#sessions.delete(slot);
    const closed = client.close().then(() => ledger.close());
    await this.clock.run(Promise.race([closed, process.death]), { limitMs: 3_600_000 });
  }

  /** Begins something that a user does. It goes on while others do other things, and may never end when its client dies. */
  begin(what: string, session: Session, act: () => Promise<void>): void {
    const name = `${what} by ${session.slot}${session.process.pid}`;
    const done = act().catch((error: unknown) => {
      this.history.push(`    ${name}: ${String(error).slice(0, 300)}`);
      if (!this.#isAllowed(error)) this.broke(`${name} fails: ${error instanceof Error ? error.stack : String(error)}`);
    });
    const either = Promise.race([done, session.process.death]).finally(() => this.#pending.delete(either));
    this.#pending.add(either);
  }

  /** Until everything that was begun has ended. */
  async finish(): Promise<void> {
    while (this.#pending.size > 0)
      await this.clock.run(Promise.all(this.#pending), { limitMs: 2 * 3_600_000, realLimitMs: 500 });
  }

  /** Submits a job, or finds out what became of it. */
  async submit({ client, slot, process }: Session, job: ExpectedJob): Promise<void> {
    const { spec, name, givenKey, parent } = job;
    const after = parent && spec.after ? await this.#after(client, parent, spec.after.condition) : undefined;
    const options = { ...(givenKey === undefined ? {} : { key: givenKey }), ...(after ? { after } : {}) };
    const handle: AnyHandle = spec.isArray
      ? await client.map(spec.tasks, toJob(name, spec), {
          ...options,
          ...(spec.maxConcurrent === undefined ? {} : { maxConcurrent: spec.maxConcurrent }),
        } as never)
      : await client.submit(toJob(name, spec), options as never);
    promise(job, handle);
    this.told.follow(job, handle, `${slot}${process.pid}`);
  }

  async attach({ client, slot, process }: Session, job: ExpectedJob): Promise<AnyHandle> {
    const handle = await client.attach(job.ref ?? '');
    this.told.follow(job, handle, `${slot}${process.pid}`);
    return handle;
  }

  async #after(client: ModelClient, parent: ExpectedJob, condition: NonNullable<JobSpec['after']>['condition']) {
    const handle = await client.attach(parent.ref ?? '');
    if (condition === 'afterany') return afterAny(handle);
    if (condition === 'afternotok') return afterNotOk(handle);
    return condition === 'aftercorr' ? afterEach(handle as ArrayHandle) : handle;
  }

  /** Said in words of ours, or what the model itself did. An error of the language is a defect. */
  #isAllowed(error: unknown): boolean {
    if (!this.hasTrouble) return false;
    if (ScijobError.isInstance(error) || error instanceof WireError) return true;
    return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  }
}
