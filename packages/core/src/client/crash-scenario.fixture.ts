import type { AnyHandle } from '../handle/job-handle.ts';
import type { CommandJob } from '../job/command-job.ts';
import { hasCode } from '../ledger/ledger-files.ts';
import type { SubmitFault } from './crash-backend.fixture.ts';
import type { Asked, CrashSession } from './crash-world.fixture.ts';

/** One thing a user does, or the backend. */
export type CrashStep = (session: CrashSession) => Promise<unknown>;

/** A program that one process runs, from opening the ledger to its last step. */
export interface CrashScenario {
  readonly name: string;
  /** What the first parts sent meet, in order. */
  readonly faults?: readonly SubmitFault[];
  readonly steps: readonly CrashStep[];
}

/** Held until another has succeeded. */
export function submitAfter(first: string, job: CommandJob, key: string): CrashStep {
  return (session) => ask(session, { job, key, after: [first] });
}

/** A refusal is an answer: the user knows that nothing runs. */
export function submit(job: CommandJob, key?: string): CrashStep {
  return (session) => ask(session, { job, ...(key === undefined ? {} : { key }) }).catch(ignoreRefusal);
}

export function map(items: readonly unknown[], job: CommandJob, key?: string): CrashStep {
  return (session) => ask(session, { job, items, ...(key === undefined ? {} : { key }) }).catch(ignoreRefusal);
}

/** All in the same moment. */
export function together(...steps: readonly CrashStep[]): CrashStep {
  return (session) => Promise.all(steps.map((step) => step(session)));
}

/** Another process on the same machine; it ends before the step does. */
export function inAnotherProcess(...steps: readonly CrashStep[]): CrashStep {
  return async ({ world }) => {
    const session = await world.openSession();
    for (const step of [...steps, close]) await step(session);
  };
}

/** The backend runs whatever it has. */
export const work: CrashStep = async ({ world }) => world.backend.work();

/** From now on it runs whatever comes. */
export const workOn: CrashStep = async ({ world }) => {
  world.backend.worksByItself = true;
};

/** Waits for the ends of all jobs the user has handles of, one after the other. */
export const waitForAll: CrashStep = async (session) => {
  for (const { key } of session.world.told.handles) await awaitEnd(session, await handleOf(session, key));
};

export function cancel(key: string): CrashStep {
  return async (session) => {
    await (await handleOf(session, key)).cancel('enough');
    const { world } = session;
    world.tell({ cancelled: [...world.told.cancelled, key] });
  };
}

export const close: CrashStep = async ({ client, ledger }) => {
  await client.close();
  await ledger.close();
};

/** Submits as the user does, and keeps what was asked and told. */
export async function ask(session: CrashSession, asked: Asked): Promise<AnyHandle> {
  const { client, world } = session;
  // A corrected job takes the place of the one that was refused.
  world.tell({ asked: [...world.told.asked.filter(({ job }) => job.name !== asked.job.name), asked] });
  const { job, key, items, after = [] } = asked;
  const parents = await Promise.all(after.map((first) => handleOf(session, first)));
  const options = { ...(key === undefined ? {} : { key }), ...(parents.length > 0 ? { after: parents } : {}) };
  const handle = items ? await client.map(items, job, options) : await client.submit(job, options);
  if (!world.told.handles.some((one) => one.key === handle.key)) {
    world.tell({ handles: [...world.told.handles, { asked, key: handle.key, ref: String(handle) }] });
  }
  return handle;
}

export async function awaitEnd({ world }: CrashSession, handle: AnyHandle): Promise<string> {
  const { state } = await handle.wait();
  world.tell({ ends: [...world.told.ends, { key: handle.key, state }] });
  return state;
}

async function handleOf({ client, world }: CrashSession, key: string): Promise<AnyHandle> {
  const ref = world.told.handles.find((one) => one.key === key)?.ref;
  if (ref === undefined) throw new TypeError(`Nobody was given a handle of ${key}.`);
  return client.attach(ref);
}

function ignoreRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

export function isRefusal(error: unknown): boolean {
  return hasCode(error, 'SUBMIT_REFUSED');
}

/** Nobody could say whether it exists: to be asked again with the same key. */
export function isUnknown(error: unknown): boolean {
  return hasCode(error, 'SUBMIT_UNKNOWN');
}
