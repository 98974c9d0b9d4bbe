// A user's process with a client of its own, told what to do line by line: `<ledger> <backend> <how many times as fast>`.
import { createInterface } from 'node:readline';
import {
  type AnyHandle,
  afterAny,
  afterNotOk,
  CommandJob,
  createClient,
  type FinalStatus,
  type JobRefString,
} from '@scijob/core';
import { journeyClock } from './journey-clock.fixture.ts';
import { labAdapter } from './lab-adapter.fixture.ts';
import type { LabPlan } from './lab-wire.fixture.ts';

export interface LabJob {
  readonly key: string;
  /** Submitted without its key: the client makes one up. */
  readonly isUnnamed?: boolean;
  readonly plan?: LabPlan;
  /** How often it is tried again after it failed. */
  readonly retries?: number;
  readonly delaySeconds?: number;
  /** An array of so many items. */
  readonly items?: number;
  readonly maxConcurrent?: number;
  /** Keys of jobs this process has handles of. */
  readonly after?: readonly { readonly key: string; readonly condition: 'afterok' | 'afterany' | 'afternotok' }[];
}

export type LabCommand =
  | { readonly do: 'submit'; readonly jobs: readonly LabJob[] }
  | { readonly do: 'attach'; readonly ref: string; readonly watchOnly?: boolean }
  | { readonly do: 'wait' | 'status' | 'rerun' | 'retryFailed' | 'cancel' | 'summary'; readonly key: string }
  /** By the clock of its client. */
  | { readonly do: 'closeLid' | 'pass'; readonly ms: number }
  | { readonly do: 'adopt' | 'settled' | 'close' };

export interface LabRequest {
  readonly id: number;
  readonly command: LabCommand;
  /** Begins when so many processes are there. */
  readonly barrier?: { readonly name: string; readonly count: number };
}

export type LabAnswer =
  | { readonly id: number; readonly done: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } };

export interface HandleText {
  readonly key: string;
  readonly ref: string;
  readonly state: string;
  readonly duties: readonly string[];
}

const [ledger = '', url = '', times = '1'] = process.argv.slice(2);
const clock = journeyClock(Number(times));
const client = createClient({ adapters: { lab: labAdapter(url) }, ledger, clock, logger: false });
const handles = new Map<string, AnyHandle>();

async function perform(command: LabCommand): Promise<unknown> {
  switch (command.do) {
    case 'submit':
      return Promise.all(command.jobs.map(async (job) => keep(await submit(job))));
    case 'attach': {
      const ref = command.ref as JobRefString;
      return keep(await client.attach(ref, command.watchOnly ? { watchOnly: true } : {}));
    }
    case 'wait':
      return told(await handleOf(command.key).wait());
    case 'status': {
      const handle = handleOf(command.key);
      return { ...(await handle.status()), duties: handle.duties };
    }
    case 'summary':
      return arrayOf(command.key).summary();
    case 'rerun': {
      const handle = handleOf(command.key);
      if (handle.shape !== 'job') throw new TypeError(`${command.key} is an array.`);
      return keep(await handle.rerun());
    }
    case 'retryFailed':
      return (await arrayOf(command.key).retryFailed()).resubmitted;
    case 'cancel':
      return handleOf(command.key).cancel('the journey says so');
    case 'adopt':
      return (await client.adopt()).map(keep);
    case 'settled':
      return client.settled();
    case 'close':
      return (await client.close()).map(textOf);
    case 'pass':
      return clock.sleep(command.ms);
    case 'closeLid':
      return clock.closeLid(command.ms);
  }
}

function submit({ key, isUnnamed, plan = {}, retries, delaySeconds, items, maxConcurrent, after = [] }: LabJob) {
  const job = new CommandJob({
    name: 'science',
    command: ['science'],
    environment: { PLAN: JSON.stringify(plan) },
    ...(retries === undefined
      ? {}
      : { retry: { 'exit-nonzero': { times: retries, ...(delaySeconds === undefined ? {} : { delaySeconds }) } } }),
  });
  const dependencies = after.map(({ key: other, condition }) => {
    const handle = handleOf(other);
    if (condition === 'afterok') return handle;
    return condition === 'afterany' ? afterAny(handle) : afterNotOk(handle);
  });
  const options = { ...(isUnnamed ? {} : { key }), after: dependencies };
  if (items === undefined) return client.submit(job, options);
  const numbers = Array.from({ length: items }, (_, index) => index);
  return client.map(numbers, job, { ...options, ...(maxConcurrent === undefined ? {} : { maxConcurrent }) });
}

function keep(handle: AnyHandle): HandleText {
  handles.set(handle.key, handle);
  return textOf(handle);
}

function textOf(handle: AnyHandle): HandleText {
  return { key: handle.key, ref: handle.toString(), state: '', duties: handle.duties };
}

function handleOf(key: string): AnyHandle {
  const handle = handles.get(key);
  if (!handle) throw new TypeError(`This process has no handle of ${key}.`);
  return handle;
}

function arrayOf(key: string) {
  const handle = handleOf(key);
  if (handle.shape !== 'array') throw new TypeError(`${key} is no array.`);
  return handle;
}

function told(status: FinalStatus) {
  const { state, attempt } = status;
  return { state, attempt, ...('reason' in status ? { reason: status.reason } : {}) };
}

async function answer({ id, command, barrier }: LabRequest): Promise<LabAnswer> {
  try {
    if (barrier) await fetch(`${url}/barrier`, { method: 'POST', body: JSON.stringify(barrier) });
    return { id, done: (await perform(command)) ?? null };
  } catch (error) {
    const { code = 'NONE', name, message } = error as Error & { readonly code?: string };
    return { id, error: { code, message: `${name}: ${message}` } };
  }
}

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  void answer(JSON.parse(line) as LabRequest).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
}
process.exit(0);
