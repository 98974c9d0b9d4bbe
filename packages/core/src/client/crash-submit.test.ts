import { describe, expect, it } from 'vitest';
import { enumerateCrashes } from './crash-enumeration.fixture.ts';
import { createCrashReport, IS_FULL } from './crash-report.fixture.ts';
import { CRASH_SCENARIOS, LATE_SCENARIO, ONE_JOB } from './crash-scenarios.fixture.ts';

const report = createCrashReport('Crashes of one session');
const tears = IS_FULL ? 'every-byte' : 'edges';

describe.each(['guard', 'token', 'lookup'] as const)('on a backend with a %s', { timeout: 600_000 }, (submitOnce) => {
  // The others ask the backend nothing that depends on it.
  const scenarios = CRASH_SCENARIOS.filter(
    (scenario) => IS_FULL || submitOnce === 'guard' || scenario === ONE_JOB || scenario.faults,
  );
  it.each(scenarios)(
    'no crash loses, doubles or misreports $name',
    async ({ atLeast, withTokenAtLeast = atLeast, ...scenario }) => {
      const minimum = submitOnce === 'token' ? withTokenAtLeast : atLeast;
      report.judge(await enumerateCrashes(scenario, { submitOnce, tears }), minimum);
    },
  );
});

it.each(['guard', 'token'] as const)(
  'no crash doubles a submit that arrives too late, where there is a %s',
  async (submitOnce) => {
    const minimum = submitOnce === 'guard' ? LATE_SCENARIO.atLeast : { moments: 80, recovered: 90 };
    report.judge(await enumerateCrashes(LATE_SCENARIO, { submitOnce }), minimum);
  },
);

it('no write torn at any byte breaks a promise', { timeout: 120_000 }, async () => {
  const enumeration = await enumerateCrashes(ONE_JOB, { tears: 'every-byte' });
  report.judge(enumeration, { ...ONE_JOB.atLeast, recovered: 3_000 });
});

it('whoever asks right after the power came back waits until dead sessions are known to be dead', async () => {
  report.judge(await enumerateCrashes(ONE_JOB, { isHasty: true }), ONE_JOB.atLeast);
});

it('watches every change of the ledger and every call that could change the backend', async () => {
  const { names } = await enumerateCrashes(ONE_JOB);
  const changes = [...names].filter((name) => name.startsWith('after ')).map((name) => name.slice('after '.length));

  expect(changes.sort()).toEqual(
    [
      ...['folder:create-folder', 'folder:sync-folder'],
      ...['id:create', 'id:write', 'id:sync', 'id:link', 'id:remove', 'id:sync-folder'],
      ...['beat:create-folder', 'beat:sync-folder', 'beat:create', 'beat:write', 'beat:remove'],
      ...['segment:create-folder', 'segment:sync-folder', 'segment:create', 'segment:write', 'segment:sync'],
      ...['claim:create-folder', 'claim:create', 'claim:write', 'claim:sync', 'claim:link', 'claim:remove'],
      'claim:sync-folder',
    ].sort(),
  );
  expect([...names]).toEqual(expect.arrayContaining(['submit:send', 'submit:commit', 'submit:reply']));
});
