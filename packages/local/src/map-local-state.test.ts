import { expect, it } from 'vitest';
import { mapArrayState, mapLocalState } from './map-local-state.ts';

const now = new Date(5_000);
const process = { bootId: 'b', pid: 1, startTime: '1' };
const claim = { nativeId: 'n', process };
const start = {
  attempt: '1.0' as const,
  process,
  commandPid: 2,
  commandStartTime: '2',
  commandLeads: true,
  startedAt: new Date(1_000),
};
const end = { attempt: '1.0' as const, exitCode: 0, startedAt: new Date(1_000), endedAt: new Date(2_000) };

it.each([
  ['queued', {}, false],
  ['starting', { claim }, false],
  ['running', { claim, start }, false],
  ['cancelling', { claim, start }, true],
  ['cancelling', {}, true],
  ['finalizing', { claim, start, end }, true],
] as const)('is %s by the records that are there', (state, records, isCancelling) => {
  expect(mapLocalState({ attempt: '1.0', records, isCancelling, now }).state).toBe(state);
});

it.each([
  ['queued', {}, false],
  ['running', { running: 1 }, false],
  ['running', { succeeded: 1 }, false],
  ['running', { failed: 2, succeeded: 1 }, false],
  ['cancelling', { running: 2 }, true],
  ['succeeded', { succeeded: 4 }, false],
  ['succeeded', { succeeded: 4 }, true],
  ['failed', { succeeded: 2, failed: 1, lost: 1 }, false],
  ['lost', { succeeded: 2, lost: 1, cancelled: 1 }, false],
  ['cancelled', { succeeded: 3, cancelled: 1 }, false],
  ['cancelled', { failed: 1, cancelled: 3 }, true],
  ['failed', { failed: 4 }, true],
] as const)('an array is %s by its counts', (state, counts, isCancelled) => {
  expect(mapArrayState({ attempt: '1.0', counts, total: 4, isCancelled, now }).state).toBe(state);
});

it('names the first failure of an array', () => {
  const firstFailure = { index: 7, reason: 'time-limit', message: 'too long' } as const;
  const status = mapArrayState({
    attempt: '1.0',
    counts: { succeeded: 3, failed: 1 },
    total: 4,
    isCancelled: false,
    firstFailure,
    now,
  });

  expect(status).toMatchObject({ reason: 'time-limit', message: 'Of 4 tasks 1 failed. First: task 7: too long' });
});
