import { compareAttempts } from '../ids/attempt.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import { compareEnds } from './compare-ends.ts';
import type { JobHistory } from './job-history.ts';
import type { RecordPosition } from './ledger.ts';
import { compareSegmentNames } from './ledger-folder.ts';
import {
  type AttemptRecord,
  type CancelRecord,
  DUTY_STATES,
  type DutyRecord,
  type DutyState,
  type EndRecord,
  type IntentRecord,
  type LedgerRecord,
  type OutcomeRecord,
  type PartRecord,
  type TakeoverRecord,
} from './ledger-record.ts';
import type { SessionIdentity } from './session-identity.ts';

/** A record with where it stands and who wrote it. */
export interface FoundRecord<R extends LedgerRecord = LedgerRecord> {
  readonly record: R;
  readonly position: RecordPosition;
  readonly session: SessionIdentity;
}

/**
 * What all records of one key say together; `undefined` without an intent. A join: the same for any order of the records and
 * for any repetition of them, and no clock is compared. Where sessions contradict each other a fixed order decides, so that
 * everybody who reads the same records sees the same job.
 */
export function joinRecords(key: string, records: readonly FoundRecord[]): JobHistory | undefined {
  const of = <R extends LedgerRecord>(type: R['type']): readonly FoundRecord<R>[] =>
    records.filter((found): found is FoundRecord<R> => found.record.type === type);

  const intents = bestOfEach(
    of<IntentRecord>('intent'),
    ({ submission }) => submission,
    () => 0,
  );
  intents.sort((a, b) => a.record.submission - b.record.submission);
  const [first] = intents;
  if (!first) return undefined;

  const allOutcomes = of<OutcomeRecord>('outcome');
  const outcomes = bestOfEach(allOutcomes, partOf, (a, b) => outcomeRank(a) - outcomeRank(b));
  outcomes.sort((a, b) => a.record.submission - b.record.submission || a.record.part - b.record.part);
  const winners = new Map(outcomes.map(({ record }) => [partOf(record), record.nativeId]));
  const duplicates = bestOfEach(
    allOutcomes.filter(
      ({ record }) => record.outcome === 'accepted' && winners.get(partOf(record)) !== record.nativeId,
    ),
    (outcome) => `${partOf(outcome)}/${outcome.nativeId}`,
    () => 0,
  );

  const attempts = bestOfEach(
    of<AttemptRecord>('attempt'),
    ({ attempt, part }) => `${attempt}/${part}`,
    (a, b) => Number(a.nativeId !== undefined) - Number(b.nativeId !== undefined),
  );
  attempts.sort(
    (a, b) => compareAttempts(a.record.attempt, b.record.attempt) || (a.record.part ?? 0) - (b.record.part ?? 0),
  );

  const parts = bestOfEach(of<PartRecord>('part'), partOf, () => 0);
  parts.sort((a, b) => a.record.submission - b.record.submission || a.record.part - b.record.part);

  const allEnds = bestOfEach(of<EndRecord>('end'), ({ attempt, part }) => `${attempt}/${part}`, compareEnds);
  allEnds.sort(
    (a, b) => compareAttempts(a.record.attempt, b.record.attempt) || (a.record.part ?? 0) - (b.record.part ?? 0),
  );
  const ends = allEnds.filter(({ record }) => record.part === undefined);
  const partEnds = allEnds.filter(({ record }) => record.part !== undefined);
  const duties = joinDuties(recordsOf(intents), recordsOf(of<DutyRecord>('duty')));
  const end = ends.at(-1)?.record;
  const submission = intents.at(-1)?.record.submission ?? 1;
  const isOver =
    end !== undefined &&
    duties.every(({ state }) => state === 'done' || state === 'abandoned') &&
    compareAttempts(end.attempt, `${submission}.0`) >= 0 &&
    attempts.every(({ record }) => compareAttempts(end.attempt, record.attempt) >= 0);

  const cancels = bestOfEach(
    of<CancelRecord>('cancel'),
    (cancel) => `${cancel.at} ${content(cancel)}`,
    () => 0,
  );
  // For people to read; nothing is decided by their order.
  cancels.sort((a, b) => (a.record.at < b.record.at ? -1 : a.record.at > b.record.at ? 1 : comparePlaces(a, b)));

  return {
    key,
    keyGiven: first.record.keyGiven,
    intents: recordsOf(intents),
    parts: recordsOf(parts),
    outcomes: recordsOf(outcomes),
    duplicates: recordsOf(duplicates.sort((a, b) => (content(a.record) < content(b.record) ? -1 : 1))),
    attempts: recordsOf(attempts),
    ends: recordsOf(ends),
    partEnds: recordsOf(partEnds),
    ...(isOver ? { end } : {}),
    cancels: recordsOf(cancels),
    duties,
    owner: ownerOf(intents.at(-1) ?? first, of<TakeoverRecord>('takeover')),
    position: first.position,
  };
}

const OUTCOME_RANK = { unknown: 0, absent: 1, refused: 2, accepted: 4 } as const;

function outcomeRank({ outcome, duplicate }: OutcomeRecord): number {
  return OUTCOME_RANK[outcome] - (duplicate ? 1 : 0);
}

function partOf({ submission, part }: OutcomeRecord | PartRecord): string {
  return `${submission}/${part}`;
}

/** One record for each thing they speak of: the one that ranks highest, of equal ones the one a fixed order names. */
function bestOfEach<R extends LedgerRecord>(
  found: readonly FoundRecord<R>[],
  thing: (record: R) => string | number,
  compare: (a: R, b: R) => number,
): FoundRecord<R>[] {
  const best = new Map<string | number, FoundRecord<R>>();
  for (const candidate of found) {
    const name = thing(candidate.record);
    const known = best.get(name);
    if (!known || isBetter(candidate, known, compare)) best.set(name, candidate);
  }
  return [...best.values()];
}

function isBetter<R extends LedgerRecord>(
  a: FoundRecord<R>,
  b: FoundRecord<R>,
  compare: (a: R, b: R) => number,
): boolean {
  const rank = compare(a.record, b.record);
  if (rank !== 0) return rank > 0;
  const [textA, textB] = [content(a.record), content(b.record)];
  if (textA !== textB) return textA < textB;
  return comparePlaces(a, b) < 0;
}

/** What a record says, without where and when it was written. */
function content(record: LedgerRecord): string {
  const { n: _n, prev: _prev, at: _at, again: _again, ...said } = record;
  return canonicalJson(said);
}

function comparePlaces(a: FoundRecord, b: FoundRecord): number {
  return compareSegmentNames(a.position.segment, b.position.segment) || a.position.n - b.position.n;
}

function recordsOf<R extends LedgerRecord>(found: readonly FoundRecord<R>[]): readonly R[] {
  return found.map(({ record }) => record);
}

function joinDuties(intents: readonly IntentRecord[], records: readonly DutyRecord[]): JobHistory['duties'] {
  const states = new Map<string, DutyState>();
  for (const { duties } of intents) for (const duty of duties) states.set(duty, 'pending');
  for (const { duty, state } of records) {
    const known = states.get(duty);
    if (known === undefined || DUTY_STATES.indexOf(state) > DUTY_STATES.indexOf(known)) states.set(duty, state);
  }
  return [...states].map(([duty, state]) => ({ duty, state })).sort((a, b) => (a.duty < b.duty ? -1 : 1));
}

/**
 * Who wrote the newest submission, under an exclusive claim, owns the job. Takeovers since then make a chain, each under an
 * exclusive claim too: to whoever took over last.
 */
function ownerOf(
  { record: { submission }, session: first }: FoundRecord<IntentRecord>,
  takeovers: readonly FoundRecord<TakeoverRecord>[],
): SessionIdentity {
  const next = new Map<string, SessionIdentity>();
  for (const { record, session } of takeovers) {
    if ((record.submission ?? 1) !== submission) continue;
    const known = next.get(record.from);
    if (!known || session.id < known.id) next.set(record.from, session);
  }
  let owner = first;
  for (const seen = new Set<string>(); !seen.has(owner.id); ) {
    seen.add(owner.id);
    owner = next.get(owner.id) ?? owner;
  }
  return owner;
}
