import { describe, it } from 'vitest';
import { enumerateCrashes } from './crash-enumeration.fixture.ts';
import { enumerateKills } from './crash-kill.fixture.ts';
import { createCrashReport, IS_FULL } from './crash-report.fixture.ts';
import { cancel, submit, waitForAll, work } from './crash-scenario.fixture.ts';
import { CRASH_SCENARIOS, dock, ONE_JOB, ONE_KEYLESS_JOB } from './crash-scenarios.fixture.ts';

const report = createCrashReport('Crashes of recoveries');

describe('a recovery that crashes itself, at every moment it has', { timeout: 600_000 }, () => {
  it('keeps every promise made before, of a job with a key', async () => {
    report.judge(await enumerateCrashes(ONE_JOB, { levels: 2 }), { moments: 1_800, recovered: 2_200 });
  });

  it('keeps every promise made before, of a job without a key', async () => {
    report.judge(await enumerateCrashes(ONE_KEYLESS_JOB, { levels: 2 }), { moments: 1_100, recovered: 1_150 });
  });

  // Hours of all scenarios are a command of its own: SCIJOB_TEST_CRASH=full.
  it.each(IS_FULL ? CRASH_SCENARIOS : [])('keeps every promise made before, of $name', async (scenario) => {
    const enumeration = await enumerateCrashes(scenario, { levels: 2, deeperAfter: 'every-crash' });
    report.judge(enumeration, { moments: 1_000, recovered: 2_000 });
  });
});

describe('one of two processes is killed at every moment it has, and the other goes on', () => {
  const both = [submit(dock, 'k'), work, waitForAll];
  it.each([
    { name: 'they submit the same key', first: [submit(dock, 'k')], second: both },
    { name: 'both wait for the end', first: both, second: both },
    { name: 'one cancels what the other waits for', first: [submit(dock, 'k'), cancel('k')], second: both },
  ])('and no promise is broken when $name', async ({ first, second }) => {
    report.judge(await enumerateKills(first, second), { moments: 55, recovered: 55 });
  });
});
