import {
  callFails,
  cutShort,
  damagedBytes,
  duplicated,
  earlierAttempt,
  emptyPage,
  errorText,
  type Fault,
  foreignRows,
  frozen,
  notSeen,
  nth,
  partialSweep,
  reordered,
  replyLost,
  seededRandom,
  sentTwice,
  shortPage,
  stale,
  stateGoesBack,
  throttled,
  unknownOutcome,
  unreadableRow,
  withProbability,
} from '@scijob/testing';

const PAGED = ['listChildren', 'readLogs', 'listArtifacts'] as const;

/**
 * Two to six faults at once, how often each strikes by the seed. In this order, for two reasons: a stale page is one that
 * was given, whatever its length; and a page that is cut is in the same order when it is read again.
 */
export function mixture(seed: number): readonly Fault[] {
  const random = seededRandom(seed, 'mixture');
  const often = (most: number) => withProbability(Math.round(random() * most * 100) / 100);
  const some = (count: number) => 1 + Math.floor(random() * count);
  const all: readonly (() => Fault)[] = [
    () => throttled(['submit', 'observe', 'readLogs'], { perSecond: 5 + some(45), on429: 'asks-again' }),
    () => stale(['observe', ...PAGED], often(0.5)),
    () => callFails(['observe', ...PAGED, 'openArtifact'], often(0.25)),
    () => callFails(['target', 'prepare', 'submit', 'find'], often(0.25)),
    () => replyLost(['observe', ...PAGED], often(0.25)),
    () => replyLost(['prepare', 'submit', 'find'], often(0.4)),
    () => unknownOutcome(['submit', 'find'], often(0.4)),
    () => unknownOutcome('submit', often(0.4), { lost: 'request' }),
    () => sentTwice(often(1)),
    () => frozen('submit', nth(some(2)), { holds: random() < 0.5 ? 'request' : 'reply' }),
    () => frozen(['observe', ...PAGED], nth(some(6))),
    () => errorText('observe', often(0.4)),
    () => unreadableRow('observe', often(0.4)),
    () => partialSweep(often(0.8)),
    () => notSeen(often(0.6), { share: random() }),
    () => stateGoesBack(often(0.8)),
    () => earlierAttempt(often(1)),
    () => foreignRows('observe', often(1)),
    () => duplicated('observe', often(1)),
    () => reordered('observe', often(1)),
    () => emptyPage(PAGED, often(0.5)),
    () => shortPage(PAGED, often(0.8)),
    () => damagedBytes(often(0.25)),
    () => cutShort(often(0.25)),
  ];
  const chosen = new Set<number>();
  const count = 1 + some(5);
  while (chosen.size < count) chosen.add(Math.floor(random() * all.length));
  const faults = all.flatMap((make, index) => (chosen.has(index) ? [make()] : []));
  // Outermost: another decorator works on rows, and what is no sweep has none.
  const isText = ({ name }: Fault) => name.startsWith('error text');
  return [...faults.filter(isText), ...faults.filter((fault) => !isText(fault))];
}
