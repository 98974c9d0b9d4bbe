// A user's program that may be killed at any moment and is then run again, with the same keys, until it comes to its end:
// `<scenario> <ledger> <backend> <how it begins> <how many jobs>`. Prints what became of each key.
import { type AnyHandle, afterAny, CommandJob, createClient, ScijobError, SubmitRefusedError } from '@scijob/core';
import { journeyClock } from './journey-clock.fixture.ts';
import { labAdapter } from './lab-adapter.fixture.ts';
import type { LabPlan } from './lab-wire.fixture.ts';

export type Scenario = 'submits' | 'chains' | 'retries' | 'windows' | 'failed-again';
/** What a program does first that finds the ledger of one that was killed. */
export type Beginning = 'adopt' | 'attach' | 'submit';

export interface ScenarioEnd {
  readonly key: string;
  readonly state: string;
  readonly duties: readonly string[];
  readonly reason?: string;
  readonly message?: string;
  /** For an array. */
  readonly succeeded?: number;
}

const [scenario, ledger = '', url = '', beginning, size = '1'] = process.argv.slice(2);
const client = createClient({
  adapters: { lab: labAdapter(url) },
  ledger,
  clock: journeyClock(20),
  logger: false,
});

function science(plan: LabPlan, retries?: number): CommandJob<Record<never, never>> {
  return new CommandJob({
    name: 'science',
    command: ['science'],
    environment: { PLAN: JSON.stringify(plan) },
    ...(retries === undefined ? {} : { retry: { 'exit-nonzero': retries } }),
  });
}

/** Goes on as the errors say. */
async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === 10 || !canBeTriedAgain(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function canBeTriedAgain(error: unknown): boolean {
  if (SubmitRefusedError.isInstance(error)) return error.refusal.code === 'INFRASTRUCTURE';
  return ScijobError.isInstance(error) && ['SUBMIT_UNKNOWN', 'STILL_RUNNING', 'TAKEN_OVER'].includes(error.code);
}

async function submits(): Promise<readonly AnyHandle[]> {
  const names = Array.from({ length: Number(size) }, (_, index) => `submit-${index}`);
  return Promise.all(names.map((key) => insist(() => client.submit(science({}), { key }))));
}

/** Three held jobs behind each other, the last one after whatever its second does. */
async function chains(): Promise<readonly AnyHandle[]> {
  const names = Array.from({ length: Number(size) }, (_, index) => `chain-${index}`);
  const all = names.map(async (name) => {
    const first = await insist(() => client.submit(science({}), { key: `${name}.1` }));
    const second = await insist(() => client.submit(science({}), { key: `${name}.2`, after: first }));
    const third = await insist(() => client.submit(science({}), { key: `${name}.3`, after: [second, first] }));
    const fourth = await insist(() => client.submit(science({}), { key: `${name}.4`, after: afterAny(third) }));
    return [first, second, third, fourth];
  });
  return (await Promise.all(all)).flat();
}

/** Some succeed the third time, some never. */
async function retries(): Promise<readonly AnyHandle[]> {
  const names = Array.from({ length: Number(size) }, (_, index) => `retry-${index}`);
  const jobs = names.map((key) => insist(() => client.submit(science({ failFirst: 2 }, 2), { key })));
  const plan = { failFirst: 2, failing: [1, 4] };
  const arrays = names.map((key) => insist(() => client.map(items(6), science(plan, 2), { key: `${key}.array` })));
  const bad = names.map((key) => insist(() => client.submit(science({ failFirst: 99 }, 2), { key: `${key}.bad` })));
  return Promise.all([...jobs, ...arrays, ...bad]);
}

async function windows(): Promise<readonly AnyHandle[]> {
  const names = Array.from({ length: Number(size) }, (_, index) => `window-${index}`);
  const all = names.map((key) => insist(() => client.map(items(15), science({}), { key, maxConcurrent: 4 })));
  const shards = names.map((key) => insist(() => client.map(items(15), science({}), { key: `${key}.shards` })));
  return Promise.all([...all, ...shards]);
}

async function failedAgain(): Promise<readonly AnyHandle[]> {
  const names = Array.from({ length: Number(size) }, (_, index) => `again-${index}`);
  const plan = { failFirst: 1, failing: [0, 2, 5] };
  const all = names.map(async (key) => {
    const array = await insist(() => client.map(items(6), science(plan), { key }));
    if ((await array.wait()).state === 'failed') await insist(() => array.retryFailed());
    return array;
  });
  return Promise.all(all);
}

function items(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

async function told(handle: AnyHandle): Promise<ScenarioEnd> {
  const status = await handle.wait();
  const { key, duties } = handle;
  const reason = 'reason' in status ? { reason: status.reason, message: status.message } : {};
  return {
    key,
    state: status.state,
    duties,
    ...reason,
    ...(handle.shape === 'array' ? { succeeded: (await handle.summary()).succeeded } : {}),
  };
}

const programs = { submits, chains, retries, windows, 'failed-again': failedAgain };
if (beginning === 'adopt') await client.adopt();
if (beginning === 'attach') {
  for await (const handle of client.jobs()) await client.attach(handle.toString() as never);
}
const handles = await programs[scenario as Scenario]();
const ends = await Promise.all(handles.map(told));
await client.settled();
await client.close();
process.stdout.write(`${JSON.stringify(ends)}\n`);
