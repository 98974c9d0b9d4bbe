import { join } from 'node:path';
import {
  type ArrayHandle,
  type Artifact,
  ArtifactError,
  createClient,
  JOB_STATES,
  type JobHandle,
  SubmitRefusedError,
  SubmitUnknownError,
} from '@scijob/core';
import { type Faults, InjectedFaultError, withFaults } from '@scijob/testing';
import { expect } from 'vitest';
import { type JourneyBackend, LINES, madeBy } from './journey-backend.ts';

const JOBS = 4;
const ITEMS = 6;
/** Which of them end with exit code 3. */
const FAILING = { job: 3, item: 4 };
/** A user who is told that it is not known, or that it could not be read, asks again this many times. */
const TRIES = 25;

/**
 * What a pipeline does: some jobs and an array, followed live, their outputs collected. Then what it was told is held
 * against what the backend's own record says. Leaves what was injected in the message of whatever is wrong.
 */
export async function journey(backend: JourneyBackend, faults: Faults, name: string): Promise<void> {
  const client = createClient({
    adapters: { here: withFaults(backend.adapter, faults) },
    ledger: join(backend.home, `ledger ${name}`),
    clock: backend.clock,
    logger: false,
  });
  try {
    const jobs = Array.from({ length: JOBS }, (_, index) => ({
      key: `${name} job ${index}`,
      job: backend.job(`${index}`, index === FAILING.job),
    }));
    const items = Array.from({ length: ITEMS }, (_, index) => index);
    const arrayKey = `${name} array`;
    const [array, ...handles] = await Promise.all([
      untilKnown(() =>
        client.map(items, (item) => backend.job(`item ${item}`, item === FAILING.item), { key: arrayKey }),
      ),
      ...jobs.map(({ key, job }) => untilKnown(() => client.submit(job, { key }))),
    ]);

    await Promise.all([
      ...handles.map((handle, index) => checkJob(handle, `${index}`, index === FAILING.job)),
      checkArray(array, items),
    ]);
    await faults.stop();
    for (const [index, { key, job }] of jobs.entries()) {
      const again = await client.submit(job, { key });
      expect(again.toString(), `the job of key ${key}`).toBe(handles[index]?.toString());
    }
    const mine = (await backend.ran()).filter((line) => line.startsWith(`${name} `));
    const expected = [...jobs.map(({ key }) => `${key} 0`), ...items.map((item) => `${arrayKey} ${item}`)];
    expect(mine, 'each key ran once').toEqual(expected.sort());
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}\n${faults}`, { cause: error });
  } finally {
    await faults.stop();
    await client.close();
  }
}

type Made = { readonly made: Artifact };

async function checkJob(handle: JobHandle<Made>, name: string, fails: boolean): Promise<void> {
  const [status, changes, printed] = await Promise.all([
    handle.wait(),
    handle.statusChanges().toArray(),
    handle.logs().toArray(),
  ]);
  expect(status, `job ${name}`).toMatchObject(fails ? { state: 'failed', exitCode: 3 } : { state: 'succeeded' });
  const ranks = changes.map(({ state }) => JOB_STATES.indexOf(state));
  expect(ranks, `the states of job ${name} only go forward`).toEqual([...ranks].sort((a, b) => a - b));
  expect(changes.at(-1), `the last state of job ${name}`).toMatchObject({ state: status.state });
  expect(
    printed.map(({ text }) => text),
    `the log of job ${name}`,
  ).toEqual(linesOf(name));
  if (fails) {
    await expect(handle.result(), `the result of job ${name}`).rejects.toMatchObject({ code: 'JOB_FAILED' });
    return;
  }
  const { made } = await untilRead(() => handle.result());
  expect(await untilRead(() => made.text()), `the output of job ${name}`).toBe(madeBy(name));
}

async function checkArray(array: ArrayHandle<number, Made>, items: readonly number[]): Promise<void> {
  const [children, lines, artifacts, status] = await Promise.all([
    array.results().toArray(),
    array.logs().toArray(),
    array.artifacts().toArray(),
    array.wait(),
  ]);
  expect(status.state, 'the array').toBe('failed');
  expect(children.map(({ index }) => index).sort(), 'each child once').toEqual(items);
  for (const child of children) {
    const fails = child.index === FAILING.item;
    expect(child, `child ${child.index}`).toMatchObject({ state: fails ? 'failed' : 'succeeded', item: child.index });
    if (child.state !== 'succeeded') continue;
    expect(await untilRead(() => child.outputs.made.text()), `the output of child ${child.index}`).toBe(
      madeBy(`item ${child.index}`),
    );
  }
  for (const item of items) {
    const printed = lines.filter(({ child }) => child === item).map(({ text }) => text);
    expect(printed, `the log of child ${item}`).toEqual(linesOf(`item ${item}`));
  }
  expect(lines, 'no line of nobody').toHaveLength(ITEMS * LINES.length);
  expectMade(artifacts, 'each artifact once');
  expectMade(await array.artifacts().toArray(), 'each artifact once, in a stream begun after the end');
}

/** Of a task that failed a backend may have files or not. */
function expectMade(artifacts: readonly { readonly child?: number | string }[], what: string): void {
  const made = artifacts.map(({ child }) => Number(child)).filter((child) => child !== FAILING.item);
  const all = Array.from({ length: ITEMS }, (_, item) => item).filter((item) => item !== FAILING.item);
  expect(made.sort(), what).toEqual(all);
}

function linesOf(name: string): readonly string[] {
  return LINES.map((line) => `${line} of ${name}`);
}

/** Submits again, with the same key, while the answer is that it is not known, or that nothing was sent. */
async function untilKnown<T>(submit: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await submit();
    } catch (error) {
      const mayAskAgain =
        error instanceof SubmitUnknownError ||
        error instanceof SubmitRefusedError ||
        error instanceof InjectedFaultError;
      if (tries === TRIES || !mayAskAgain) throw error;
    }
  }
}

/** Reads again what was not what the job left: it was an error, and not wrong bytes. */
async function untilRead<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (tries === TRIES || !(error instanceof ArtifactError)) throw error;
    }
  }
}
