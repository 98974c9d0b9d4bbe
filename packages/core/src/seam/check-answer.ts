import { FAILURE_REASONS } from '../state/failure-reason.ts';
import { isFinalState, JOB_STATES } from '../state/job-state.ts';
import type { JobStatus } from '../state/job-status.ts';
import type { Observation, Sweep } from './observation.ts';
import { UnreadableAnswerError } from './unreadable-answer-error.ts';

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

/**
 * One outcome for each that was asked about, in their order. What cannot be read says nothing about what happened, so it is
 * `unknown`: never a reason to send again.
 */
export function checkOutcomes<Outcome extends { readonly type: string }>(
  answer: unknown,
  count: number,
  types: readonly Outcome['type'][],
): readonly (Outcome | { readonly type: 'unknown'; readonly cause: unknown })[] {
  return Array.from({ length: count }, (_, index) => {
    const outcome = Array.isArray(answer) ? (answer[index] as unknown) : undefined;
    const fields = fieldsOf(outcome);
    const needsId = fields?.['type'] === 'accepted' || fields?.['type'] === 'found';
    const hasId = typeof fields?.['nativeId'] === 'string' && fields['nativeId'] !== '';
    const isRefusalOk = fields?.['type'] !== 'refused' || typeof fieldsOf(fields['error'])?.['message'] === 'string';
    if (types.includes(fields?.['type'] as Outcome['type']) && (!needsId || hasId) && isRefusalOk)
      return outcome as Outcome;
    if (fields?.['type'] === 'unknown') return { type: 'unknown', cause: fields['cause'] };
    return { type: 'unknown', cause: new UnreadableAnswerError('an outcome', outcome) };
  });
}

export interface CheckedSweep extends Sweep {
  /** Rows that could not be read: nobody knows whose they were, so nothing follows from who is missing. */
  readonly unreadable: readonly unknown[];
}

/** @throws UnreadableAnswerError for what is no sweep at all: it changes no job */
export function checkSweep(answer: unknown): CheckedSweep {
  const { covered, seen } = fieldsOf(answer) ?? {};
  if (!Array.isArray(covered) || !Array.isArray(seen)) throw new UnreadableAnswerError('a sweep', answer);
  const unreadable = seen.filter((row) => !isObservation(row));
  // The usual answer has a row for each ref, in their order: those refs were looked at with the rows.
  const isRead = (ref: unknown, index: number) => ref === (seen[index] as Observation | undefined)?.ref || isRef(ref);
  const isWhole = unreadable.length === 0 && covered.every(isRead);
  return { covered: isWhole ? covered : [], seen: isWhole ? seen : seen.filter(isObservation), unreadable };
}

export interface CheckedPage<Answer> {
  /** With the items that can be read. */
  readonly page: Answer;
  readonly unreadable: readonly unknown[];
}

/** @throws UnreadableAnswerError for what is no page at all */
export function checkPage<Answer>(
  answer: Answer,
  what: string,
  isItem: (item: Fields) => boolean,
  list: 'items' | 'lines',
): CheckedPage<Answer> {
  const fields = fieldsOf(answer);
  const items = fields?.[list];
  const isCursorOk = fields?.['cursor'] === undefined || typeof fields['cursor'] === 'string';
  if (!fields || !Array.isArray(items) || typeof fields['end'] !== 'boolean' || !isCursorOk) {
    throw new UnreadableAnswerError(`a page of ${what}`, answer);
  }
  const unreadable = items.filter((item) => !isItem(fieldsOf(item) ?? {}));
  if (unreadable.length === 0) return { page: answer, unreadable };
  return { page: { ...answer, [list]: items.filter((item) => isItem(fieldsOf(item) ?? {})) }, unreadable };
}

export const isArtifactRow = ({ path, uri, sizeBytes }: Fields): boolean =>
  typeof path === 'string' && typeof uri === 'string' && Number.isSafeInteger(sizeBytes);

export const isLogRow = ({ text, stream, attempt, cursor }: Fields): boolean =>
  typeof text === 'string' && typeof stream === 'string' && typeof attempt === 'string' && typeof cursor === 'string';

export const isChildRow = ({ child, status }: Fields): boolean =>
  (typeof child === 'number' || typeof child === 'string') && isStatus(status);

function isObservation(row: unknown): row is Observation {
  const fields = fieldsOf(row);
  return fields !== undefined && isRef(fields['ref']) && isStatus(fields['status']);
}

function isRef(value: unknown): boolean {
  const fields = fieldsOf(value);
  return typeof fields?.['key'] === 'string' && Array.isArray(fields['submissions']);
}

const ATTEMPT = /^\d+\.\d+$/;
const STATES: ReadonlySet<unknown> = new Set(JOB_STATES);
const REASONS: ReadonlySet<unknown> = new Set(FAILURE_REASONS);

function isStatus(value: unknown): value is JobStatus {
  const { state, attempt, at, reason } = fieldsOf(value) ?? {};
  if (!STATES.has(state) || typeof attempt !== 'string' || (attempt !== '1.0' && !ATTEMPT.test(attempt))) return false;
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) return false;
  if (!isFinalState(state as JobStatus['state']) || state === 'succeeded') return true;
  return REASONS.has(reason);
}
