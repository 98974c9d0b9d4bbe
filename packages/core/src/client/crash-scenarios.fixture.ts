import { CommandJob } from '../job/command-job.ts';
import {
  type CrashScenario,
  cancel,
  close,
  inAnotherProcess,
  map,
  submit,
  submitAfter,
  together,
  waitForAll,
  work,
  workOn,
} from './crash-scenario.fixture.ts';

export const dock = new CommandJob({ name: 'dock', command: ['true'] });
/** Fails. */
const fold = new CommandJob({ name: 'fold', command: ['false'] });
/** Too large for its intent: it becomes a payload. */
const large = dock.with({ command: ['true', 'x'.repeat(9_000)] });
/** Succeeds when it is submitted a second time. */
const flaky = new CommandJob({ name: 'flaky', command: ['fails-once'], retry: { 'exit-nonzero': 2 } });
const later = new CommandJob({ name: 'later', command: ['true'] });
const rest = [work, waitForAll, close] as const;

/** How much a scenario must enumerate at least: with fewer moments something is no longer watched. */
export interface EnumeratedScenario extends CrashScenario {
  readonly atLeast: { readonly moments: number; readonly recovered: number };
  /** Where the same number is sent again, not the next: fewer records. */
  readonly withTokenAtLeast?: { readonly moments: number; readonly recovered: number };
}

export const ONE_JOB: EnumeratedScenario = {
  name: 'one job with a key',
  steps: [submit(dock, 'k'), ...rest],
  atLeast: { moments: 80, recovered: 100 },
};

export const ONE_KEYLESS_JOB: EnumeratedScenario = {
  name: 'one job without a key',
  steps: [submit(dock), ...rest],
  atLeast: { moments: 64, recovered: 90 },
};

/** Each is stopped at every moment it has. A new one is a line here. */
export const CRASH_SCENARIOS: readonly EnumeratedScenario[] = [
  ONE_JOB,
  ONE_KEYLESS_JOB,
  {
    name: 'two jobs in one batch',
    steps: [together(submit(dock, 'a'), submit(fold, 'b')), ...rest],
    atLeast: { moments: 100, recovered: 130 },
  },
  {
    name: 'two jobs in one batch, one without a key',
    steps: [together(submit(dock), submit(fold, 'b')), ...rest],
    atLeast: { moments: 85, recovered: 125 },
  },
  {
    name: 'an array with a manifest',
    steps: [map(['a', 'b', 'c'], dock, 'k'), ...rest],
    atLeast: { moments: 94, recovered: 105 },
  },
  {
    name: 'an array without a key',
    steps: [map(['a', 'b', 'c'], dock), ...rest],
    atLeast: { moments: 78, recovered: 95 },
  },
  {
    name: 'a job too large for its intent',
    steps: [submit(large, 'k'), ...rest],
    atLeast: { moments: 94, recovered: 110 },
  },
  {
    name: 'a submit whose reply is lost',
    faults: ['lost-reply'],
    steps: [submit(dock, 'k'), ...rest],
    atLeast: { moments: 82, recovered: 100 },
  },
  {
    name: 'a submit that never arrives',
    faults: ['never-arrives'],
    steps: [submit(dock, 'k'), ...rest],
    atLeast: { moments: 105, recovered: 130 },
    withTokenAtLeast: { moments: 88, recovered: 100 },
  },
  {
    name: 'a submit that is refused, then made again',
    faults: ['refused'],
    steps: [submit(dock, 'k'), submit(dock, 'k'), ...rest],
    atLeast: { moments: 104, recovered: 130 },
  },
  {
    name: 'a submit that is refused, then corrected',
    faults: ['refused'],
    steps: [submit(dock.with({ command: ['no such program'] }), 'k'), submit(dock, 'k'), ...rest],
    atLeast: { moments: 104, recovered: 130 },
  },
  {
    name: 'a job that is cancelled',
    steps: [submit(dock, 'k'), cancel('k'), ...rest],
    atLeast: { moments: 88, recovered: 120 },
  },
  {
    name: 'a job that is tried again',
    steps: [submit(flaky, 'k'), workOn, waitForAll, close],
    atLeast: { moments: 100, recovered: 130 },
  },
  {
    name: 'a job that is held until another has succeeded',
    steps: [submit(dock, 'a'), submitAfter('a', later, 'b'), workOn, waitForAll, close],
    atLeast: { moments: 100, recovered: 130 },
  },
  {
    name: 'two processes with one key',
    steps: [together(submit(dock, 'k'), inAnotherProcess(submit(dock, 'k'))), ...rest],
    atLeast: { moments: 110, recovered: 150 },
  },
  {
    name: 'two processes with jobs of their own',
    steps: [together(submit(dock, 'a'), inAnotherProcess(submit(fold, 'b'))), ...rest],
    atLeast: { moments: 140, recovered: 205 },
  },
  {
    name: 'two processes that wait for one job',
    steps: [submit(dock, 'k'), together(waitForAll, inAnotherProcess(waitForAll), work), close],
    atLeast: { moments: 110, recovered: 145 },
  },
];

/** What only a backend with a guard promises: a request that arrives when its sender has long given it up. */
export const LATE_SCENARIO: EnumeratedScenario = {
  name: 'a submit that arrives too late',
  faults: ['delayed'],
  steps: [submit(dock, 'k'), ...rest],
  atLeast: { moments: 105, recovered: 130 },
};
