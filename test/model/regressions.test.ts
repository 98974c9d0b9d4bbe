import { describe, expect, it } from 'vitest';
import type { CapabilitySet } from './capability-sets.ts';
import type { JobSpec, TaskSpec } from './job-spec.ts';
import { runSteps } from './run-model.ts';
import type { Step } from './take-step.ts';

const quick: TaskSpec = { ends: ['succeeded'], queueSeconds: 0, runSeconds: 0 };
const slow: TaskSpec = { ...quick, runSeconds: 100 };
const single: JobSpec = { isArray: false, tasks: [quick], retry: {} };
const inTurn: JobSpec = { isArray: true, tasks: [quick, quick], retry: {}, maxConcurrent: 1 };

/** What the model found once, as short as it could be made. Each is named after what was broken. */
const FOUND: readonly { readonly broken: string; readonly on: CapabilitySet; readonly steps: readonly Step[] }[] = [
  {
    broken: 'an array sent in several parts is listed once it has ended',
    on: 'leaves everything to the owner',
    steps: [{ do: 'submit', by: 'a', spec: inTurn }],
  },
  {
    broken: 'a held job that is not needed is listed once that is decided',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', spec: single },
      { do: 'advance', ms: 0 },
      { do: 'submit', by: 'a', spec: { ...single, after: { nth: 0, condition: 'afternotok' } } },
    ],
  },
  {
    broken: 'an array ends of which one part never arrived',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', spec: inTurn },
      { do: 'trouble', on: 'submit', how: 'lost', times: 1 },
    ],
  },
  {
    broken: 'a job that is tried again never shows the attempt before again',
    on: 'leaves everything to the owner',
    steps: [
      {
        do: 'submit',
        by: 'a',
        spec: { ...single, tasks: [{ ...quick, ends: ['node-failure'] }], retry: { 'node-failure': 1 } },
      },
    ],
  },
  {
    broken: 'no more tasks are tried again at once than may run at once',
    on: 'leaves everything to the owner',
    steps: [
      {
        do: 'submit',
        by: 'a',
        spec: {
          ...inTurn,
          tasks: [5, 100].map((runSeconds) => ({ ...quick, ends: ['exit-nonzero'], runSeconds })),
          retry: { 'exit-nonzero': 1 },
        },
      },
    ],
  },
  {
    broken:
      'the owner of a cancelled job that the backend has forgotten asks again from time to time, not without a pause',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', spec: { ...single, tasks: [slow], retry: { 'exit-nonzero': 1 } } },
      { do: 'advance', ms: 1_000 },
      { do: 'purge', job: 0 },
      { do: 'cancel', by: 'a', job: 0 },
    ],
  },
  {
    broken: 'a job that was refused is not listed',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'trouble', on: 'prepare', how: 'lost', times: 1 },
      { do: 'submit', by: 'a', spec: { ...single, retry: { 'node-failure': 1 } } },
      { do: 'advance', ms: 1_000 },
    ],
  },
  {
    broken: 'an array that is tried again never shows the attempt before again, though nothing of it could be sent yet',
    on: 'does everything itself',
    steps: [
      { do: 'submit', by: 'a', spec: { ...single, isArray: true, tasks: [{ ...quick, ends: ['exit-nonzero'] }] } },
      { do: 'attach', by: 'a', job: 0 },
      { do: 'advance', ms: 300 },
      { do: 'trouble', on: 'prepare', how: 'lost', times: 2 },
      { do: 'retry-failed', by: 'a', job: 0 },
      { do: 'attach', by: 'a', job: 0 },
      { do: 'advance', ms: 30_000 },
    ],
  },
  {
    broken: 'two clients that try failed tasks again at the same moment send them once',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', spec: { ...single, isArray: true, tasks: [{ ...quick, ends: ['exit-nonzero'] }] } },
      { do: 'advance', ms: 1_000 },
      { do: 'attach', by: 'b', job: 0 },
      { do: 'advance', ms: 1_000 },
      { do: 'retry-failed', by: 'b', job: 0 },
      { do: 'retry-failed', by: 'a', job: 0 },
    ],
  },
  {
    broken: 'two clients that submit the same key at the same moment send it once',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', key: 'k0', spec: { ...single, tasks: [slow] } },
      { do: 'submit-again', by: 'b', key: 'k0' },
    ],
  },
  {
    broken: 'clients agree on a job whose end only one of them saw before the backend forgot it',
    on: 'does everything itself',
    steps: [
      { do: 'submit', by: 'a', spec: { ...single, tasks: [slow] } },
      { do: 'advance', ms: 300 },
      { do: 'cancel', by: 'a', job: 0 },
      { do: 'attach', by: 'b', job: 0 },
      { do: 'purge', job: 0 },
    ],
  },
  {
    broken: 'a submit that arrives after its client gave up runs nothing twice where the backend knows tokens',
    on: 'knows tokens',
    steps: [
      { do: 'submit', by: 'a', key: 'k0', spec: { ...single, tasks: [{ ...quick, runSeconds: 5 }] } },
      { do: 'freeze', on: 'submit' },
      { do: 'advance', ms: 180_000 },
      { do: 'thaw' },
    ],
  },
];

/** Still so. */
const KNOWN: typeof FOUND = [
  {
    broken: 'jobs of a client that was closed while the disk was full can be taken over though its process lives',
    on: 'leaves everything to the owner',
    steps: [
      { do: 'submit', by: 'a', spec: { ...inTurn, tasks: [{ ...quick, runSeconds: 5 }, quick] } },
      { do: 'advance', ms: 300 },
      { do: 'fill-disk' },
      { do: 'close', by: 'a' },
    ],
  },
];

describe('what the model found', () => {
  it.each(FOUND)('$broken', async ({ on, steps }) => {
    const world = await runSteps(on, steps);
    expect(world.broken).toEqual([]);
  });

  it.fails.each(KNOWN)('$broken (still to be mended)', async ({ on, steps }) => {
    await runSteps(on, steps);
  });
});
