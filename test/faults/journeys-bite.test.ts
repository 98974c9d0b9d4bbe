import {
  absentUnfenced,
  callFails,
  createFaults,
  cutShort,
  damagedBytes,
  duplicated,
  earlierAttempt,
  emptyPage,
  endsEarly,
  errorText,
  everyNth,
  type Fault,
  first,
  foreignRows,
  frozen,
  linesTwice,
  notSeen,
  nth,
  outcomesSwapped,
  partialSweep,
  replyLost,
  sentTwice,
  shortPage,
  stale,
  stateGoesBack,
  successInvented,
  throttled,
  unknownOutcome,
  unreadableRow,
  withFaults,
  withProbability,
} from '@scijob/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journey } from './journey.ts';
import type { JourneyBackend } from './journey-backend.ts';
import {
  absentIsDone,
  attemptsAreOne,
  bytesAreBytes,
  deliveriesAreJobs,
  emptyPageIsLast,
  failedPollIsEmpty,
  idsAreEnough,
  type Layer,
  lastWordCounts,
  resendsOnError,
  secondRowIsTheEnd,
  shortPageIsLast,
  sweepsAreWhole,
} from './naive-layers.ts';
import { scriptedBackend } from './scripted-backend.ts';

/** Each fault with a client careless about it: the layer stands between core and the fault. */
const CARELESS: readonly (readonly [string, () => Fault, Layer, RegExp])[] = [
  ['sends again what failed, when the reply was lost', () => replyLost('submit', nth(1)), resendsOnError, /ran once/],
  ['sends again what is unknown', () => unknownOutcome('submit', nth(2)), resendsOnError, /ran once/],
  [
    'has a poll that failed for an empty queue',
    () => callFails('observe', first(6)),
    failedPollIsEmpty,
    /job 3|the array/,
  ],
  ['has a 429 for an empty queue', () => throttled('observe', { perSecond: 1 }), failedPollIsEmpty, /job 3|the array/],
  ['has an error text for an empty queue', () => errorText('observe', first(6)), failedPollIsEmpty, /job 3|the array/],
  [
    'has a damaged list for an empty one',
    () => unreadableRow('observe', first(6)),
    failedPollIsEmpty,
    /job 3|the array/,
  ],
  ['has what is not seen for done', () => notSeen(first(6)), absentIsDone, /job 3|the array/],
  ['has what is not covered for done', () => partialSweep(), sweepsAreWhole, /job 3|the array/],
  ['looks at ids alone', () => foreignRows('observe'), idsAreEnough, /job 3|the array/],
  ['has a second row for the end', () => duplicated('observe'), secondRowIsTheEnd, /job \d|the array/],
  ['looks at no attempt', () => earlierAttempt(), attemptsAreOne, /job \d|the array/],
  ['believes that states go back', () => stateGoesBack(everyNth(2)), lastWordCounts, /only go forward/],
  ['believes what is stale', () => stale('observe', everyNth(2)), lastWordCounts, /only go forward/],
  ['ends at a short page', () => shortPage('listArtifacts'), shortPageIsLast(5), /each artifact once/],
  ['ends at an empty page', () => emptyPage('readLogs', withProbability(0.5)), emptyPageIsLast, /the log of|no line/],
  ['takes bytes for bytes', () => damagedBytes(), bytesAreBytes, /the output of/],
  ['takes a part for the whole', () => cutShort(), bytesAreBytes, /the output of/],
];

/** What nobody above an adapter can see through: it must come out in the record. */
const VIOLATIONS: readonly (readonly [string, () => readonly Fault[], RegExp])[] = [
  ['log lines twice', () => [linesTwice()], /the log of|no line/],
  ['the end of the log before its end', () => [endsEarly('readLogs', first(6))], /the log of|no line/],
  ['the end of the children before their end', () => [endsEarly('listChildren', nth(1))], /each child once/],
  ['the end of the artifacts before their end', () => [endsEarly('listArtifacts')], /output|artifact/],
  ['outcomes in another order', () => [outcomesSwapped()], /job \d/],
  ['absent what runs', () => [replyLost('submit', nth(1)), absentUnfenced()], /ran once/],
  ['a success that was none', () => [successInvented()], /job 3|the array/],
];

describe('the journey goes red', () => {
  let backend: JourneyBackend;
  beforeAll(async () => {
    backend = await scriptedBackend();
  });
  afterAll(() => backend.remove());

  it.each(CARELESS)('when a client %s', async (name, fault, layer, message) => {
    // Careless or not, it gets along where nothing goes wrong.
    await journey({ ...backend, adapter: layer(backend.adapter) }, createFaults([]), `${name}, all being well`);
    const inside = createFaults([fault()], { seed: 7 });
    const careless = { ...backend, adapter: layer(withFaults(backend.adapter, inside)) };
    await expect(journey(careless, createFaults([]), name)).rejects.toThrow(message);
    expect(inside.injected).not.toEqual([]);
  });

  it('when a second delivery is a second job', async () => {
    const unguarded = { ...backend, adapter: deliveriesAreJobs(backend.adapter) };
    await expect(journey(unguarded, createFaults([sentTwice()]), 'unguarded')).rejects.toThrow(/ran once/);
  });

  it('when what was given up is carried out late, and nothing was fenced', async () => {
    const faults = createFaults([frozen('submit', nth(1)), absentUnfenced()]);
    await expect(journey(backend, faults, 'unfenced')).rejects.toThrow(/ran once/);
  });

  it.each(VIOLATIONS)('when an adapter says %s', async (name, faults, message) => {
    await expect(journey(backend, createFaults(faults()), name)).rejects.toThrow(message);
  });
});
