import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@scijob/core';
import {
  type AdapterCapabilities,
  type CallContext,
  isFinal,
  type JobAdapter,
  type JobRef,
  type Memo,
  type Observation,
  type Part,
  type ResolvedJob,
} from '@scijob/core/adapter';
import type { Task } from '../does.ts';
import type { AnyAdapter, HookName } from '../subject.ts';
import { type ContextOptions, Contexts } from './contexts.ts';
import { aPart, type PartOptions } from './parts.ts';
import type { Script } from './script.ts';
import { STATE_ORDER } from './state-order.ts';
import type { Time } from './time.ts';

/** A part that the backend has accepted. */
export interface Started {
  readonly part: Part;
  readonly nativeId: string;
  readonly ref: JobRef;
}

/** Where to look, and for how long. */
export interface WaitOptions {
  readonly adapter?: AnyAdapter;
  /** @default the subject's patience */
  readonly seconds?: number;
}

const LONGEST_LIMIT_SECONDS = 60;

/** The subject's hooks, each on the world of this bench. */
export type BenchHooks = { readonly [Name in HookName]?: (...given: readonly unknown[]) => unknown };

export interface BenchOptions {
  readonly adapter: AnyAdapter;
  /** What the subject says the adapter can do. */
  readonly capabilities: AdapterCapabilities<never>;
  readonly script: Script;
  readonly time: Time;
  readonly hooks: BenchHooks;
  readonly shell: readonly string[];
  readonly patienceSeconds: number;
  readonly toJob: (job: ResolvedJob, task: Task) => ResolvedJob;
}

/** What one behaviour works with: an adapter on a backend of its own, and what core would do around it. */
export class Bench {
  readonly adapter: AnyAdapter;
  readonly capabilities: AdapterCapabilities<never>;
  readonly hooks: BenchHooks;
  readonly time: Time;
  readonly contexts: Contexts;
  readonly patienceSeconds: number;
  readonly #options: BenchOptions;
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  constructor(options: BenchOptions) {
    const { adapter, capabilities, hooks, time, patienceSeconds } = options;
    this.#options = options;
    this.adapter = adapter;
    this.capabilities = capabilities;
    this.hooks = hooks;
    this.time = time;
    this.patienceSeconds = patienceSeconds;
    this.contexts = new Contexts(time.clock, (ms) => time.pass(ms));
  }

  context(options?: ContextOptions): CallContext {
    return this.contexts.make(options);
  }

  /** The argv of a line of shell, with arguments. */
  shell(line: string, ...given: readonly string[]): readonly string[] {
    return [...this.#options.shell, line, ...(given.length > 0 ? ['sh', ...given] : [])];
  }

  /** A resolved job as core makes it. */
  job(task: Task): ResolvedJob {
    const { does: _does, ...fields } = task;
    this.know(task);
    const job: ResolvedJob = {
      kind: 'command',
      name: 'conformance',
      environment: {},
      secrets: {},
      inputs: {},
      outputs: {},
      resources: {},
      retry: {},
      tags: {},
      ...fields,
    };
    return this.#options.toJob(job, task);
  }

  /** Tells a simulated backend what a command does that is not a job's own: one item's. */
  know(task: Pick<Task, 'command' | 'does'>): void {
    this.#options.script.add(task);
  }

  part(task: Task, options?: PartOptions): Part {
    return aPart(this.job(task), options);
  }

  async prepare(parts: readonly Part[], adapter = this.adapter): Promise<void> {
    const prepared = await adapter.prepare(parts as readonly Part<never>[], this.context());
    const refused = prepared.find(({ type }) => type === 'refused');
    assert.equal(refused, undefined, `prepare refused a part of the suite: ${JSON.stringify(refused)}`);
    assert.equal(prepared.length, parts.length, 'prepare answers one outcome per part');
  }

  /** Prepares and submits parts, all of which must be accepted. */
  async startParts(parts: readonly Part[], adapter = this.adapter): Promise<readonly Started[]> {
    await this.prepare(parts, adapter);
    const submitted = await adapter.submit(parts as readonly Part<never>[], this.context());
    assert.equal(submitted.length, parts.length, 'submit answers one outcome per part');
    return Promise.all(
      parts.map(async (part, index) => {
        const outcome = submitted[index];
        assert.ok(outcome?.type === 'accepted', `submit did not accept a part of the suite: ${shown(outcome)}`);
        const { nativeId } = outcome;
        return { part, nativeId, ref: await this.ref(part, nativeId) };
      }),
    );
  }

  async start(task: Task, options?: PartOptions): Promise<Started> {
    const [started] = await this.startParts([this.part(task, options)]);
    assert.ok(started);
    return started;
  }

  async ref({ key, job, tasks }: Part, nativeId: string): Promise<JobRef> {
    return {
      version: 1,
      target: await this.adapter.target(this.context()),
      key: key.key,
      jobHash: '0'.repeat(64),
      submissions: [{ number: key.submission, parts: [{ nativeId, ...(tasks && { tasks }) }] }],
      kind: job.kind,
      places: Object.fromEntries(
        Object.entries(job.outputs).map(([name, { type, path, optional }]) => [
          name,
          `${type}${optional ? '?' : ''}:${path}`,
        ]),
      ),
      ...(job.array && { count: job.array.count }),
    };
  }

  /** One look at one job; `undefined` when it was not seen. */
  async look(ref: JobRef, memo?: Memo, adapter = this.adapter): Promise<Observation | undefined> {
    const { seen } = await adapter.observe([memo === undefined ? { ref } : { ref, memo }], this.context());
    return seen[0];
  }

  /** Looks again and again, as core does, and fails when it takes too long. */
  async until(
    ref: JobRef,
    wanted: (observation: Observation) => boolean,
    what: string,
    { adapter = this.adapter, seconds = this.patienceSeconds }: WaitOptions = {},
  ): Promise<Observation> {
    const { clock } = this.time;
    const endMs = clock.monotonicMs() + seconds * 1_000;
    let last: Observation | undefined;
    for (;;) {
      const found: Observation | undefined = await this.look(ref, last?.memo, adapter);
      last = found ?? last;
      if (found && wanted(found)) return found;
      if (clock.monotonicMs() > endMs) {
        assert.fail(`waited ${seconds} s for: ${what}; last seen ${shown(last?.status)}`);
      }
      await this.time.pass(this.tickMs);
    }
  }

  /** Until the job runs, or has: one that lasts a moment may have ended between two looks. */
  untilItRuns(ref: JobRef): Promise<Observation> {
    const { running } = STATE_ORDER;
    return this.until(ref, ({ status }) => STATE_ORDER[status.state] >= running, 'the job to run');
  }

  /** Until the job has ended, however it did. */
  end({ ref }: Pick<Started, 'ref'>, options?: WaitOptions): Promise<Observation> {
    return this.until(ref, ({ status }) => isFinal(status), 'the end of the job', options);
  }

  /** One after the other, so that nothing is still waited for when one fails. */
  async endAll(started: readonly Pick<Started, 'ref'>[]): Promise<readonly Observation[]> {
    const ends: Observation[] = [];
    for (const one of started) ends.push(await this.end(one));
    return ends;
  }

  async run(task: Task, options?: PartOptions): Promise<Started & { readonly last: Observation }> {
    const started = await this.start(task, options);
    // One that is ended at its limit takes at least that long.
    const limit = Math.min(task.timeLimitSeconds ?? 0, LONGEST_LIMIT_SECONDS);
    return { ...started, last: await this.end(started, { seconds: this.patienceSeconds + limit }) };
  }

  /** How long to wait between two looks. */
  get tickMs(): number {
    return Math.max(25, this.capabilities.cadence?.fastestMs ?? 100);
  }

  /** A client of this adapter (or of another on the same backend), with a ledger of its own unless one is given. */
  async client(
    given: { readonly adapter?: AnyAdapter; readonly ledger?: string } = {},
  ): Promise<Client<{ readonly subject: JobAdapter }>> {
    const ledger = given.ledger ?? join(await this.folder(), 'ledger');
    const client = createClient({
      adapters: { subject: (given.adapter ?? this.adapter) as JobAdapter },
      ledger,
      clock: this.time.clock,
      logger: false,
    });
    this.later(() => this.time.drive(client.close()));
    return client;
  }

  /** A new folder of this machine, removed at the end. */
  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'scijob-conformance-'));
    this.later(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
    return path;
  }

  /** Another adapter on the same backend, closed at the end. */
  second(): AnyAdapter {
    const second = this.hook('second')() as AnyAdapter;
    this.later(() => second.close());
    return second;
  }

  /** A hook that the behaviour has named among its needs. */
  hook(name: HookName): (...given: readonly unknown[]) => unknown {
    const hook = this.hooks[name];
    assert.ok(hook, `the subject has no hook "${name}"`);
    return hook;
  }

  later(cleanUp: () => Promise<unknown>): void {
    this.#cleanUp.push(cleanUp);
  }

  async dispose(): Promise<void> {
    for (const cleanUp of this.#cleanUp.splice(0).reverse()) await cleanUp();
    await this.adapter.close();
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (member instanceof Error ? String(member) : member)) ?? String(value);
}
