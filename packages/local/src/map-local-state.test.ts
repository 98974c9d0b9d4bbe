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
  ['queued', {}, false, false],
  ['held', {}, false, true],
  ['starting', { claim }, false, false],
  ['running', { claim, start }, false, false],
  ['cancelling', { claim, start }, true, false],
  ['cancelling', {}, true, true],
  ['finalizing', { claim, start, end }, true, false],
] as const)('is %s by the records that are there', (state, records, isCancelling, isHeld) => {
  expect(mapLocalState({ attempt: '1.0', records, isCancelling, isHeld, now }).state).toBe(state);
});

it.each([
  ['queued', {}, false],
  ['held', { held: 4 }, false],
  ['queued', { held: 3, queued: 1 }, false],
  ['running', { held: 3, succeeded: 1 }, false],
  ['cancelling', { held: 4 }, true],
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

it('says of an array that waits for others what it waits for, and of one that need not run why', () => {
  const array = { attempt: '1.0', total: 2, isCancelled: false, now } as const;

  expect(mapArrayState({ ...array, counts: { held: 2 }, isHeld: true })).toMatchObject({ waitingFor: 'dependency' });
  expect(mapArrayState({ ...array, counts: { cancelled: 2 }, isUnneeded: true })).toMatchObject({
    state: 'cancelled',
    reason: 'dependency-failed',
  });
});
